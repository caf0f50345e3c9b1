import type { Replacement, SourceReplacement } from '../harness/patch.ts';
import { Random } from './random.ts';
import type { SharedStages } from './stage.ts';

/** A build broken on purpose, that a check must catch. */
export interface Mutant {
  /** Statements rewritten on their way to the database. */
  replace?: readonly Replacement[];
  /** Source text rewritten as it is loaded. */
  source?: readonly SourceReplacement[];
  /** Run by the database's owner before the check. */
  ddl?: readonly string[];
  env?: Record<string, string>;
  /** Anything else that the check itself breaks, by a name that it knows. */
  other?: string;
  /** What the check must say of this build: what is broken, where something else could be noticed by chance. */
  noticed_by?: string;
}

/** What one run of a check works with. */
export interface Run {
  seed: number;
  random: Random;
  /** Undefined: the build as it is. */
  mutant: Mutant | undefined;
  /** Stages to share with other runs; absent, each run sets its own. */
  shared?: SharedStages | undefined;
  /** Says how far it is; 0 to 1. */
  progress: (done: number) => void;
}

/** What one run of a check saw. */
export interface Finding {
  /** The load: rounds, requests, clients, faults, in words and numbers. */
  load: Record<string, number>;
  /** What was measured beside. */
  figures: Record<string, number | string>;
  /** Each breach of the promise, in words. */
  violations: string[];
}

/** One executable check of promises, with the broken builds that it must catch. */
export interface Check {
  id: string;
  promises: readonly string[];
  /** The rule, in one sentence. */
  says: string;
  /** Why it can't run on this machine; undefined when it can. */
  impossible?: () => string | undefined;
  /** `size` 1 is the full load; npm test runs a small part of it. */
  run: (run: Run, size: number) => Promise<Finding>;
  /** The part of the load that npm test runs; 0 where other tests do what it does. */
  slice: number;
  /** It runs the project's tests, and is another check when they change. */
  runs_tests?: true;
  /** It measures times, and so nothing else may run beside it. */
  alone?: true;
  /** The part of the load that catches each mutant. */
  control_size: number;
  controls: Record<string, Mutant>;
}

/** Runs a check once. The same seed gives the same choices. */
export function runCheck(
  check: Check,
  options: {
    seed: number;
    size: number;
    control?: string;
    shared?: SharedStages;
    progress?: (done: number) => void;
  },
): Promise<Finding> {
  const { seed, size, control, shared, progress = () => undefined } = options;
  const mutant = control === undefined ? undefined : check.controls[control];
  return check.run({ seed, random: new Random(seed), mutant, shared, progress }, size);
}

/** In npm test, where other tests run beside it: what it judges of times is only what they can't explain. */
export const isSlice = ({ shared }: Pick<Run, 'shared'>): boolean => shared !== undefined;

/** Whether a broken build has been noticed: it need not be tried any longer. */
export const isNoticed = ({ mutant }: Run, violations: readonly string[]): boolean =>
  mutant !== undefined && violations.some((violation) => violation.includes(mutant.noticed_by ?? ''));

/** How many times as long things may take as on a machine that has nothing else to do. */
export const patienceOf = (run: Pick<Run, 'shared'>): number => (isSlice(run) ? 5 : 1);

/** Of a full load, the part of this size, but at least `least`. */
export function scaled(full: number, size: number, least = 1): number {
  return Math.max(least, Math.round(full * size));
}
