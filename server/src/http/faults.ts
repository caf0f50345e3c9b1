import type { z } from 'zod';
import type { Operation } from './contract.ts';
import { meantFaults } from './fault-messages.ts';

/** One fault of a request, and its place: an RFC 6901 JSON pointer into the body, or a parameter of the URL. */
export interface Fault {
  pointer?: string;
  parameter?: string;
  detail: string;
}

// These bounds keep the response small even if a request of megabytes has thousands of faults. A detail may list every
// field of a resource.
export const max_faults = 100;
const max_place = 256;
const max_detail = 1024;

const unknown_parameter = 'Unknown parameter.';
const repeated = 'Send a parameter once; several values of a filter are separated by commas.';

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Returns the faults that the contract finds, at most `max_faults`. */
export function faultsOf(error: z.ZodError, where: 'query' | 'body', elsewhere: Operation['elsewhere'] = {}): Fault[] {
  // A union with a message of its own keeps it.
  const issues = error.issues.flatMap((issue) =>
    issue.code === 'invalid_union' && issue.message === 'Invalid input' ? meantFaults(issue) : [issue],
  );
  const faults = issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => {
      const name = path.map(String).join('.').slice(0, max_place);
      const field = path.filter((step) => typeof step === 'string').join('.'); // the same in each item of a list
      const what = where === 'body' ? 'Unknown field.' : unknown_parameter;
      const unknown = Object.hasOwn(elsewhere, field) ? `${what} ${elsewhere[field]}` : what;
      const detail = issue.code === 'unrecognized_keys' ? unknown : issue.message.slice(0, max_detail);
      return where === 'body' ? { pointer: pointerTo(path).slice(0, max_place), detail } : { parameter: name, detail };
    });
  });
  return faults.slice(0, max_faults);
}

/** Returns the faults of a query, as Express has parsed it. A parameter that was sent more than once is an array. */
export function faultsOfQuery(error: z.ZodError, query: Readonly<Record<string, unknown>>): Fault[] {
  const isRepeated = ({ parameter = '', detail }: Fault) =>
    Array.isArray(query[parameter]) && detail !== unknown_parameter;
  return faultsOf(error, 'query').map((fault) => (isRepeated(fault) ? { ...fault, detail: repeated } : fault));
}
