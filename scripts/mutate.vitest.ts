import { defineConfig } from 'vitest/config';

/** Names the tests that mutants must not survive, for those who start them. */
export const tests_variable = 'BATON_MUTATE_TESTS';

// No global setup: there would be a cluster for each of Stryker's processes. mutate.ts starts one where it is needed.
export default defineConfig({
  test: { include: (process.env[tests_variable] ?? '').split(','), pool: 'forks' },
});
