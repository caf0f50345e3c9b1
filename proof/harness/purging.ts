import { readFileSync } from 'node:fs';
import path from 'node:path';

const decision = path.resolve(import.meta.dirname, '../../docs/decisions/0027-names-and-labels-stay-in-history.md');

/** The purposes of the statements of decision 27, in the decision's order. */
const purposes = ['takes out a name and a label', 'finds an address', 'takes out an address'] as const;

/** Returns statements of decision 27, with values in place of psql's variables. */
export function purging(purpose: (typeof purposes)[number], values: Record<string, string>): string {
  const blocks = [...readFileSync(decision, 'utf8').matchAll(/```sql\n(.*?)```/gs)].map(([, block]) => block);
  const text = blocks[purposes.indexOf(purpose)];
  if (text === undefined || blocks.length !== purposes.length) throw new Error('Decision 27 has other statements.');
  return text.replaceAll(/:'(\w+)'/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`There is no value for ${name}.`);
    return `'${value}'`;
  });
}
