import { defineConfig } from 'vitest/config';

/** The environment variable that names the tests to run on mutants. */
export const tests_variable = 'BATON_MUTATE_TESTS';

// No global setup, which would start a cluster for each of Stryker's processes. mutate.ts starts one if it is needed.
export default defineConfig({
  test: {
    include: (process.env[tests_variable] ?? '').split(','),
    pool: 'forks',
    // Long enough for a busy machine, where a slow test would count as one that noticed something; and shorter than
    // mutate.ts waits for a mutant, so that one that hangs fails its test, and its process can be used again.
    testTimeout: 15_000,
    hookTimeout: 15_000,
  },
});
