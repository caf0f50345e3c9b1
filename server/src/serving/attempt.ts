import type { Learnt } from '../db/columns.ts';
import type { AfterCommit } from './context.ts';

/** What an attempt of a write registers for after its commit, and what the database knows by then. */
interface Attempt {
  afterCommit: AfterCommit;
  known: () => Learnt | undefined;
}

/** Does a write, and then the work that its last attempt registered for after the commit. */
export async function committed<T>(write: (attempt: () => Attempt) => Promise<T>): Promise<T> {
  let works: (() => Promise<void>)[] = [];
  const result = await write(() => {
    works = [];
    let fields: Learnt | undefined;
    return {
      afterCommit: (work, learnt) => {
        works.push(work);
        fields ??= learnt;
      },
      known: () => fields,
    };
  });
  for (const work of works) await work();
  return result;
}
