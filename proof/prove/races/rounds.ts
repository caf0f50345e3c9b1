import type { WireAnswer } from '../../harness/wire.ts';
import { Wire } from '../../harness/wire.ts';
import { type Finding, type Run, scaled } from '../check.ts';
import { type Stage, setStage, two_processes } from '../stage.ts';

const full = 2_000;
const lanes = 16;

/** Where the rounds of one small race are run, and what was seen. */
export interface Ring {
  stage: Stage;
  wire: Wire;
  violate: (what: string) => void;
}

/** One round; false when its lane can't go on. */
export type Round = (n: number) => Promise<boolean>;

/** The responses to the same request sent by `hands` clients at the same time; each is counted as a breach if it is a 5xx. */
export async function atOnce(ring: Ring, sends: readonly Promise<WireAnswer>[]): Promise<WireAnswer[]> {
  const answers = await Promise.all(sends);
  for (const { status, text } of answers) if (status >= 500) ring.violate(`responded ${status}: ${text}`);
  return answers;
}

/** How often each status was returned, by code where there is one: `200, 404 not_found`. */
export function statuses(answers: readonly WireAnswer[]): string {
  const named = answers.map(({ status, text }) => {
    const { code } = (text === '' ? {} : JSON.parse(text)) as { code?: string };
    return status < 400 ? String(status) : `${status} ${code ?? ''}`;
  });
  return named.toSorted().join(', ');
}

/** Runs 2,000 rounds of a race, in lanes beside each other that each set up their own; then looks at what is left. */
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
