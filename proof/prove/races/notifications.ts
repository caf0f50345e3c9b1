import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { makeTeam, type Team } from '../../harness/make.ts';
import type { Person } from '../../harness/people.ts';
import type { Check, Finding, Run } from '../check.ts';
import { isSlice, scaled } from '../check.ts';
import { inParallel, setStage, type Stage } from '../stage.ts';
import { killWorkers } from './killing.ts';

const tickets_at_once = 6;
/** After this long without a new notification, the rest counts as lost. */
const patience_ms = 20_000;
const env = { BATON_WORKER: 'off', BATON_RATE_LIMIT_PER_MINUTE: '1000000' }; // the check runs and kills its own workers

interface Scene {
  run: Run;
  stage: Stage;
  team: Team;
  /** All of them watch every ticket. */
  members: readonly Person[];
  /** For each member, the acts to be notified of (by ticket, time and actor) with the reasons. */
  expected: ReadonlyMap<string, Map<string, string>>;
}

const actOf = (ticket_id: string | null, at: string, actor_id: string) => `${ticket_id} ${at} ${actor_id}`;

/** Records that all members except the actor must be notified of an act, a mentioned one for more reasons. */
function expectAll(
  { members, expected }: Scene,
  { act, actor, kinds, mentioned }: { act: string; actor: Person; kinds: string[]; mentioned: Person | undefined },
): void {
  for (const member of members) {
    if (member === actor) continue;
    const reasons = member === mentioned ? [...kinds, 'mentioned'] : kinds;
    if (reasons.length > 0) expected.get(member.user.id)?.set(act, reasons.sort().join());
  }
}

/** Creates one ticket and performs acts on it as random members. */
async function actOn(scene: Scene, acts: number): Promise<void> {
  const { run, team, members } = scene;
  const { workspace_id, project_id } = team;
  const pick = <T>(from: readonly T[]) => from[run.random.below(from.length)] as T;
  const { id: ticket } = await team.member.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
  const at = { workspace_id, ticket };
  await Promise.all(members.map(({ client }) => client.set_watching({ ...at, body: { choice: 'watching' } })));
  let is_open = true;
  for (let n = 0; n < acts; n++) {
    const actor = pick(members);
    const mentioned = run.random.below(3) === 0 ? pick(members) : undefined;
    const text = mentioned === undefined ? 'A word.' : `@${mentioned.user.id} A word.`;
    const told = (created_at: string, kinds: string[]) => {
      const act = actOf(ticket, created_at, actor.user.id);
      expectAll(scene, { act, actor, kinds, mentioned: kinds.includes('commented') ? mentioned : undefined });
    };
    switch (run.random.below(3)) {
      case 0: {
        const { created_at } = await actor.client.create_comment({ ...at, body: { body: text } });
        told(created_at, ['commented']);
        break;
      }
      case 1: {
        is_open = !is_open;
        const body = { to: is_open ? 'open' : 'in_progress' };
        const { transition } = await actor.client.transition_ticket({ ...at, body });
        told(transition.created_at, ['moved']);
        break;
      }
      default: {
        is_open = !is_open;
        const body = { to: is_open ? 'open' : 'in_progress', comment: text };
        const { transition } = await actor.client.transition_ticket({ ...at, body });
        told(transition.created_at, ['moved', 'commented']);
      }
    }
  }
}

/** Reads a person's notifications, by act, and what is wrong with them in themselves. */
async function toldTo(scene: Scene, { client }: Person): Promise<{ told: Map<string, string>; faults: string[] }> {
  const told = new Map<string, string>();
  const faults: string[] = [];
  const { workspace_id } = scene.team;
  for (let cursor: string | null = 'start'; cursor !== null; ) {
    const page: Awaited<ReturnType<Person['client']['list_notifications']>> = await client.list_notifications({
      ...{ workspace_id, cursor, folder: 'all', limit: 100 },
    });
    for (const { ticket_id, happened_at, actor_id, kinds } of page.data) {
      const act = actOf(ticket_id, happened_at, actor_id ?? '');
      if (told.has(act)) faults.push(`one person has two notifications of one act: ${act}`);
      told.set(act, kinds.join());
    }
    cursor = page.next_cursor;
  }
  return { told, faults };
}

/** Waits until the workers have processed every event. */
async function settled({ stage, team }: Scene): Promise<void> {
  const ask = `select coalesce(sum(p.last_sequence), 0)::int as told, (select count(*)::int from audit_log where workspace_id = $1) as all
    from notification_places p where p.workspace_id = $1`;
  let [last, since] = [-1, performance.now()];
  while (performance.now() - since < patience_ms) {
    const { rows } = await stage.database.owner.query<{ told: number; all: number }>(ask, [team.workspace_id]);
    const [{ told, all } = { told: 0, all: 1 }] = rows;
    if (told === all) return;
    if (told > last) [last, since] = [told, performance.now()];
    await sleep(50);
  }
}

async function tellAll(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, env);
  const team = await makeTeam(stage, 'standard');
  const members = [team.owner, team.admin, team.member];
  const expected = new Map(members.map(({ user }) => [user.id, new Map<string, string>()]));
  const scene: Scene = { run, stage, team, members, expected };
  const tickets = scaled(400, size, 3);
  const acts = isSlice(run) ? 6 : 25;
  const killing = new AbortController();
  const killed = killWorkers(run, stage, env, killing.signal);
  let done = 0;
  await inParallel(tickets, tickets_at_once, async () => {
    await actOn(scene, acts);
    run.progress(++done / tickets);
  });
  killing.abort();
  const { kills, workers } = await killed;
  await settled(scene);
  await Promise.all(workers.map((worker) => worker.stop()));
  const violations: string[] = [];
  let notifications = 0;
  for (const member of members) {
    const { told, faults } = await toldTo(scene, member);
    notifications += told.size;
    const wanted = expected.get(member.user.id) ?? new Map<string, string>();
    const missing = [...wanted].filter(([act, kinds]) => told.get(act) !== kinds);
    const more = [...told].filter(([act]) => !wanted.has(act));
    violations.push(...faults.slice(0, 3));
    for (const [act, kinds] of missing.slice(0, 3))
      violations.push(
        `somebody should be notified of ${act} for "${kinds}", and was for "${told.get(act) ?? 'nothing'}"`,
      );
    for (const [act, kinds] of more.slice(0, 3))
      violations.push(`somebody was notified of ${act} for "${kinds}", and should not be`);
  }
  return {
    load: { tickets, acts: tickets * acts, members: members.length, kills },
    figures: { notifications },
    violations: [...violations, ...(await stage.strike())],
  };
}

/** Rewrites notify_of_events. */
export const telling = (find: string, replace: string): string =>
  `do $$ begin execute replace(pg_get_functiondef('notify_of_events'::regproc), ${pg.escapeLiteral(find)}, ${pg.escapeLiteral(replace)}); end $$`;
const one_at_a_time = [
  { file: 'notifications/notifier.ts', find: 'const batch_size = 100;', replace: 'const batch_size = 1;' },
];

export const notifications: Check = {
  id: 'notifications',
  promises: ['P15', 'P19'],
  says: 'Although workers are killed by SIGKILL, each member gets one notification of each change that concerns them, with every reason, and none of their own changes.',
  run: tellAll,
  slice: 0.005,
  control_size: 0.03,
  controls: {
    'the place moves to what has been numbered meanwhile': {
      ddl: [
        telling(
          'update notification_places set last_sequence = last where',
          'perform pg_sleep(0.05); update notification_places set last_sequence = (select h.last_sequence from event_heads h where h.workspace_id = scope) where',
        ),
      ],
    },
    'what an act adds in a later batch is dropped': {
      source: one_at_a_time,
      ddl: [
        telling(
          'set kinds = array(select distinct k from unnest(n.kinds || excluded.kinds) k order by k)',
          'set kinds = n.kinds',
        ),
      ],
      noticed_by: 'should be notified',
    },
    'the actor is told, too': {
      ddl: [telling('where p.user_id <> e.actor_id)', 'where true)')],
      noticed_by: 'and should not be',
    },
    'an act has no time': {
      source: one_at_a_time,
      ddl: [
        'drop index notifications_act',
        'create unique index notifications_act on notifications (workspace_id, user_id, id)',
        telling(
          'on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id, webhook_id)',
          'on conflict (workspace_id, user_id, id)',
        ),
      ],
      noticed_by: 'two notifications of one act',
    },
  },
};
