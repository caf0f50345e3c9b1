import type { Replacement, SourceReplacement } from '../harness/patch.ts';
import { Random } from './random.ts';
import type { SharedStages } from './stage.ts';

/** A deliberately broken build that a check must catch. */
export interface Mutant {
  /** Statements to rewrite on their way to the database. */
  replace?: readonly Replacement[];
  /** Source text to rewrite as it is loaded. */
  source?: readonly SourceReplacement[];
  /** Statements that the database's owner runs before the check. */
  ddl?: readonly string[];
  env?: Record<string, string>;
  /** Anything else that the check itself breaks, by a name that the check knows. */
  other?: string;
  /** A text that one of the violations must contain, where something other than the broken part could be noticed by chance. */
  noticed_by?: string;
}

/** The input of one run of a check. */
export interface Run {
  seed: number;
  random: Random;
  /** Undefined for the unbroken build. */
  mutant: Mutant | undefined;
  /** Stages shared with other runs; without them each run sets its own. */
  shared?: SharedStages | undefined;
  /** Reports the progress, 0 to 1. */
  progress: (done: number) => void;
}

/** The result of one run of a check. */
export interface Finding {
  /** The load in names and numbers: rounds, requests, clients, faults. */
  load: Record<string, number>;
  /** Further measurements. */
  figures: Record<string, number | string>;
  /** Each breach of a promise, in words. */
  violations: string[];
}

/** One executable check of promises, with the broken builds that it must catch. */
export interface Check {
  id: string;
  promises: readonly string[];
  /** The rule, in one sentence. */
  says: string;
  /** Says why it can't run on this machine; undefined if it can. */
  impossible?: () => string | undefined;
  /** `size` 1 is the full load; npm test runs a small part of it. */
  run: (run: Run, size: number) => Promise<Finding>;
  /** The part of the load that npm test runs; 0 if other tests cover it. */
  slice: number;
  /** It runs the project's tests, so it must run again when they change. */
  runs_tests?: true;
  /** It measures times, so nothing else may run at the same time. */
  alone?: true;
  /** The part of the load that catches each broken build. */
  control_size: number;
  controls: Record<string, Mutant>;
}

/** Runs a check once. The same seed makes the same choices. */
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

/** Whether this is a small run within npm test. Other tests run at the same time, so only times that they can't explain count. */
export const isSlice = ({ shared }: Pick<Run, 'shared'>): boolean => shared !== undefined;

/** Whether a broken build has been noticed, so that the rest of the load can be skipped. */
export const isNoticed = ({ mutant }: Run, violations: readonly string[]): boolean =>
  mutant !== undefined && violations.some((violation) => violation.includes(mutant.noticed_by ?? ''));

/** How many times as long as on an idle machine things may take. */
export const patienceOf = (run: Pick<Run, 'shared'>): number => (isSlice(run) ? 5 : 1);

/** A part of a full load, but at least `least`. */
export function scaled(full: number, size: number, least = 1): number {
  return Math.max(least, Math.round(full * size));
}
