import type { WireAnswer } from '../../harness/wire.ts';
import { Wire } from '../../harness/wire.ts';
import { type Finding, type Run, scaled } from '../check.ts';
import { type Stage, setStage, two_processes } from '../stage.ts';

const full = 2_000;
const lanes = 16;

/** What the rounds of a race run with, and where they report violations. */
export interface Ring {
  stage: Stage;
  wire: Wire;
  violate: (what: string) => void;
}

/** Runs one round; false if its lane can't continue. */
export type Round = (n: number) => Promise<boolean>;

/** Waits for requests sent at the same time and returns the responses; every 5xx is a violation. */
export async function atOnce(ring: Ring, sends: readonly Promise<WireAnswer>[]): Promise<WireAnswer[]> {
  const answers = await Promise.all(sends);
  for (const { status, text } of answers) if (status >= 500) ring.violate(`responded ${status}: ${text}`);
  return answers;
}

/** The statuses of the responses, each with its error code: `200, 404 not_found`. */
export function statuses(answers: readonly WireAnswer[]): string {
  const named = answers.map(({ status, text }) => {
    const { code } = (text === '' ? {} : JSON.parse(text)) as { code?: string };
    return status < 400 ? String(status) : `${status} ${code ?? ''}`;
  });
  return named.toSorted().join(', ');
}

/** Runs 2,000 rounds of a race in parallel lanes, each with its own setup, and then calls `look` to inspect the result. */
export async function runRounds(
  run: Run,
  size: number,
  openLane: (ring: Ring) => Promise<Round>,
  look: (ring: Ring) => Promise<void> = () => Promise.resolve(),
): Promise<Finding> {
  const stage = await setStage(run, two_processes);
  const violations: string[] = [];
  const wire = new Wire(stage.url, 64);
  const ring = { stage, wire, violate: (what: string) => violations.push(what) };
  const rounds = scaled(full, size, lanes);
  let begun = 0;
  const walk = async () => {
    const round = await openLane(ring);
    while (begun < rounds) {
      begun++;
      if (!(await round(begun))) return;
      run.progress(begun / rounds);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, walk));
  for (const end of ends) if (end.status === 'rejected') violations.push(`a lane ended: ${String(end.reason)}`);
  wire.close();
  await look(ring);
  return {
    load: { rounds: begun, lanes, processes: 2 },
    figures: {},
    violations: [...violations, ...(await stage.strike())],
  };
}
