import { makeTeam } from '../../../harness/make.ts';
import { Wire } from '../../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../../check.ts';
import { setStage, two_processes } from '../../stage.ts';
import { sendAtOnce } from './at-once.ts';
import { new_keys, writeOverLossyLine } from './lost-responses.ts';
import { sendFromEach } from './principals.ts';
import { sendAfterFailure, sendAfterRefusal } from './refusals.ts';
import { makeAgent, type Stand } from './stand.ts';

async function sendAgain(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, two_processes);
  const wire = new Wire(stage.url, 64);
  const team = await makeTeam(stage);
  const agent = await makeAgent(team.member.client, team.workspace_id, 'a token of theirs');
  const violations: string[] = [];
  const stand: Stand = { run, stage, wire, team, agent, violate: (what) => violations.push(what) };
  const rounds = {
    at_once: scaled(100, size),
    of_five: scaled(100, size),
    refused: scaled(50, size),
    failed: scaled(50, size, 2),
  };
  const at_once = await sendAtOnce(stand, rounds.at_once);
  await sendFromEach(stand, rounds.of_five);
  await sendAfterRefusal(stand, rounds.refused);
  await sendAfterFailure(stand, rounds.failed);
  const lossy = await writeOverLossyLine(stand, scaled(5_000, size, 40));
  wire.close();
  return {
    load: {
      rounds_of_64: rounds.at_once,
      keys_of_five: rounds.of_five,
      refused: rounds.refused,
      failed: rounds.failed,
      intents: lossy.intents,
      processes: 2,
    },
    figures: {
      answered_at_once: at_once.answered,
      told_to_wait: at_once.told_to_wait,
      attempts: lossy.attempts,
      responses_lost: lossy.responses_lost,
      rows: lossy.rows,
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

/** Records the outcome only after the write has committed: a write whose outcome wasn't recorded is done again. */
export const kept_apart = {
  source: [
    {
      file: 'outcomes/queries.ts',
      find: 'tx.send(sql`insert into outcomes ${values}`);',
      replace: 'tx.apart = sql`insert into outcomes ${values}`;',
    },
    {
      file: 'db/transaction.ts',
      find: 'await tx.finish();',
      replace: `await tx.finish();
        if (tx.apart !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          await tx.start(start);
          await tx.rows(tx.apart);
          await tx.start('commit');
        }`,
    },
  ],
};

export const retries: Check = {
  id: 'retries',
  promises: ['P2', 'P20'],
  says: 'A write that is sent again under its Idempotency-Key, at the same time or after its response was lost, is done once and gets the same bytes. Each person and token has separate keys. A write that was refused or failed is tried again.',
  run: sendAgain,
  slice: 0.008,
  control_size: 0.02,
  controls: {
    'what was done is kept in a transaction of its own': { ...kept_apart, noticed_by: 'done ' },
    'keys are hashed without the principal': {
      source: [
        {
          file: 'outcomes/intent.ts',
          find: "`${user_id}\\n${token?.id ?? ''}\\n${key}`",
          replace: 'key',
        },
      ],
      noticed_by: 'isn’t their own',
    },
    'a failure is kept': {
      source: [
        {
          file: 'serving/serve.ts',
          find: 'return serve(request, identity, intent).catch(replayed);',
          replace: `return serve(request, identity, intent).catch(async (error) => {
            const failed = ['overloaded', 'database_unavailable', 'outcome_unknown'].includes(error.code);
            const failure = { status: 503, headers: { 'Content-Type': 'application/problem+json' }, body: {} };
            if (intent !== undefined && failed) {
              const scope = { workspace_id: request.params.workspace_id, user_id: personOf(identity) };
              await transaction(pool, scope, async (tx) => {
                await intent.claim(tx);
                intent.keep(tx, failure, Buffer.from('{"code":"overloaded"}'));
              });
            }
            return replayed(error);
          });`,
        },
      ],
      noticed_by: 'a failure',
    },
    'arguments aren’t compared': {
      source: [{ file: 'outcomes/intent.ts', find: '!first_hash.equals(arguments_hash)', replace: 'false' }],
      noticed_by: 'other arguments',
    },
    'nobody waits for a key': {
      source: [
        {
          file: 'outcomes/queries.ts',
          find: 'Promise.all([take(tx, asked), recall',
          replace: 'Promise.all([1, recall',
        },
      ],
      noticed_by: 'at once',
    },
    [new_keys]: { other: new_keys, noticed_by: 'whose responses were lost' },
  },
};
