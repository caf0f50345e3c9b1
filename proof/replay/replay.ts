import { type Looks, setStage } from './accounts.ts';
import type { TicketPlan } from './calls.ts';
import { derive } from '../../server/src/importing/derive.ts';
import { readSource } from '../../server/src/importing/history.ts';
import { Measure } from './measure.ts';
import { plans } from './plan.ts';
import { playTicket } from './play.ts';
import { eachOf } from './pool.ts';
import { Report } from '../../server/src/importing/report.ts';
import { type Expectation, expectationOf, verify } from './verify.ts';

export interface Progress {
  start: (what: string, all: number) => void;
  update: (done: number) => void;
  stop: () => void;
}

export interface ReplayResult {
  operations: number;
  calls_s: number;
  operations_s: number;
  seconds: number;
  workspace_id: string;
  measure: Measure;
  report: Report;
  tickets: number;
  /** How many tickets were compared: those without a refused call. */
  compared: number;
  /** The calls that the server refused, each with its ticket. */
  refusals: string[];
  /** Differences from the source, for the tickets without a refusal. */
  faults: string[];
}

/** Plays a source against a server with concurrent clients, and compares the result with the source. */
export async function replay(options: {
  file: string;
  base_url: string;
  clients: number;
  limit_tickets?: number | undefined;
  progress: Progress;
  looks?: Looks;
  /** Called with each plan before it is played, so that a test can add a call that is refused. */
  plan?: (plan: TicketPlan) => void;
  /** Called with the expectations before they are compared, so that a test can falsify one. */
  tamper?: (expectations: Expectation[]) => void;
}): Promise<ReplayResult> {
  const { file, base_url, clients, progress } = options;
  const report = new Report();
  const measure = new Measure();
  const whole = await readSource(file, report);
  const source = { ...whole, histories: new Map([...whole.histories].slice(0, options.limit_tickets)) };
  const mapping = derive([...source.histories.values()]);
  const tickets = source.histories.size;

  let started_people = false;
  const stage = await setStage({
    base_url,
    mapping,
    clients,
    looks: options.looks,
    progress: (done, all) => {
      if (!started_people) progress.start('people signed up', all);
      started_people = true;
      progress.update(done);
    },
  });
  progress.stop();

  const expectations: Expectation[] = [];
  const refusals: string[] = [];
  let played = 0;
  let operations = 0;
  let calls = 0;
  progress.start('tickets played', tickets);
  const started = performance.now();
  await eachOf(plans(source, mapping, report), clients, async (plan) => {
    options.plan?.(plan);
    const outcome = await playTicket(stage, plan, measure);
    const expectation = expectationOf(stage, outcome);
    if (expectation !== undefined) expectations.push(expectation);
    refusals.push(...outcome.refusals);
    operations += plan.steps.reduce((sum, step) => sum + step.operations, 0);
    calls += plan.steps.reduce((sum, step) => sum + step.calls.length, 0);
    progress.update(++played);
  });
  const seconds = (performance.now() - started) / 1000;
  progress.stop();

  options.tamper?.(expectations);
  progress.start('tickets compared', expectations.length);
  const faults = await verify(stage, expectations, clients, progress.update);
  progress.stop();
  return {
    operations,
    operations_s: operations / seconds,
    calls_s: calls / seconds,
    seconds,
    workspace_id: stage.workspace_id,
    measure,
    report,
    tickets,
    compared: expectations.length,
    refusals,
    faults,
  };
}
