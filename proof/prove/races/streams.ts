import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { framesIn } from '../../harness/follower.ts';
import { makeTeam, type Team } from '../../harness/make.ts';
import { joinWorkspace, type Person, registerPerson, someAddress } from '../../harness/people.ts';
import { type Check, type Finding, isNoticed, patienceOf, type Run, scaled } from '../check.ts';
import { setStage, type Stage } from '../stage.ts';

const streams_each = 2;
/** How long an event may take to reach a stream before it counts as lost: far longer than a stream rests. */
const patience_ms = 10_000;
/** The limit of every page and stream: they share a read only if they ask for the same. */
const limit = 100;

type Event = Awaited<ReturnType<Person['client']['read_events']>>['data'][number];

/** A person's stream of a workspace's events. */
class Stream {
  readonly person: Person;
  /** The last offset that it received. */
  offset = '';
  /** What it ended with; undefined while it is open. */
  end: string | undefined;
  readonly #events: Event[] = [];
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(url: string, person: Person) {
    this.person = person;
    this.#running = this.#follow(url);
  }

  async #follow(url: string): Promise<void> {
    const headers = { authorization: `Bearer ${this.person.access_token}`, accept: 'text/event-stream' };
    try {
      const response = await fetch(url, { headers, signal: this.#closing.signal });
      for await (const { id, event, data } of framesIn(response.body ?? new Blob([]).stream())) {
        if (event === 'problem') this.end = data;
        if (id === undefined) continue;
        if (data !== undefined) this.#events.push(JSON.parse(data) as Event);
        this.offset = id;
      }
      this.end ??= `status ${response.status}`;
    } catch (error) {
      this.end ??= String(error);
    }
  }

  /** The events that have arrived since the last call. */
  taken(): Event[] {
    return this.#events.splice(0);
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#running;
  }
}

/** A workspace with everybody who follows it. */
interface Place {
  team: Team;
  /** Viewers who are removed one after the other. */
  guests: Person[];
  former: Set<Person>;
  streams: Stream[];
  /** The offset that everybody has read up to. */
  at: string;
}

/** The offset after everything that has happened so far. */
async function latest({ database }: Stage, { workspace_id, owner }: Team): Promise<string> {
  const ask = 'select 1 from outbox where workspace_id = $1 limit 1';
  const until = performance.now() + patience_ms;
  while (performance.now() < until) {
    const { rowCount } = await database.owner.query(ask, [workspace_id]);
    if (rowCount === 0) break;
    await sleep(20);
  }
  return (await owner.client.read_events({ workspace_id, after: 'now' })).next_offset;
}

async function furnish(stage: Stage, guests_count: number): Promise<Place> {
  const team = await makeTeam(stage);
  const { workspace_id, owner, admin, member, viewer } = team;
  const guests: Person[] = [];
  for (let n = 0; n < guests_count; n++) {
    const guest = await registerPerson(stage);
    await joinWorkspace(owner, guest, workspace_id, 'viewer');
    guests.push(guest);
  }
  const at = await latest(stage, team);
  const url = `${stage.url}/v1/workspaces/${workspace_id}/events?after=${at}&limit=${limit}`;
  const people = [owner, admin, member, viewer, ...guests];
  const streams = Array.from({ length: streams_each }, () => people.map((person) => new Stream(url, person))).flat();
  return { team, guests, former: new Set(), streams, at };
}

/** Causes one event: for everybody, for admins only, with earlier values that only admins see, or the removal of a viewer. */
async function act({ team, guests, former }: Place, n: number): Promise<void> {
  const { workspace_id, project_id, owner, member } = team;
  const kind = n % 4;
  if (kind === 0) {
    await member.client.create_ticket({ workspace_id, project_id, body: { title: `Ticket ${n}` } });
  } else if (kind === 1) {
    await owner.client.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } });
  } else if (kind === 2) {
    await owner.client.update_workspace({ workspace_id, if_match: '*', body: { name: `Name ${n}` } });
  } else {
    const guest = guests[n >> 2];
    if (guest === undefined) throw new Error('There is nobody left to remove.');
    await owner.client.remove_member({ workspace_id, user_id: guest.user.id });
    former.add(guest);
  }
}

const shown = (events: readonly Event[]) => JSON.stringify(events).slice(0, 200);

/** Waits until every stream has received the new events. Returns what is wrong with the events of each. */
async function faultsOf(run: Run, place: Place): Promise<string[]> {
  const { team, at, streams, former } = place;
  const { workspace_id, owner } = team;
  const until = performance.now() + patience_ms * patienceOf(run);
  const pageOf = (person: Person) => person.client.read_events({ workspace_id, after: at, limit });
  let next = at;
  while (next === at && performance.now() < until) {
    await sleep(20);
    next = (await pageOf(owner)).next_offset;
  }
  if (next === at) return ['an event has no number'];
  const isAwaited = ({ person, offset, end }: Stream) => end === undefined && (former.has(person) || offset < next);
  while (streams.some(isAwaited) && performance.now() < until) await sleep(20);
  place.at = next;
  const faults: string[] = [];
  const pages = new Map<Person, Event[]>();
  for (const stream of streams) {
    const { person, end, offset } = stream;
    const taken = stream.taken();
    if (former.has(person)) {
      if (taken.length > 0) faults.push(`a former member’s stream showed ${shown(taken)}`);
      else if (end === undefined) faults.push('a former member’s stream is still open');
      continue;
    }
    const page = pages.get(person) ?? (await pageOf(person)).data;
    pages.set(person, page);
    if (end !== undefined) faults.push(`a stream ended with ${end}`);
    else if (offset < next) faults.push(`a stream showed nothing of an event for ${patience_ms} ms`);
    else if (!isDeepStrictEqual(taken, page))
      faults.push(`a stream showed ${shown(taken)}, where its reader’s page has ${shown(page)}`);
  }
  return faults;
}

async function follow(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run);
  const rounds = scaled(24, size, 4);
  const places = await Promise.all([0, 1].map(() => furnish(stage, Math.ceil(rounds / 4))));
  const streams = places.flatMap((place) => place.streams);
  const violations: string[] = [];
  if (new Set(places.map(({ at }) => at)).size > 1)
    violations.push('the workspaces have different numbers of events: this load proves nothing');
  const until = performance.now() + patience_ms * patienceOf(run);
  while (streams.some(({ offset, end }) => offset === '' && end === undefined) && performance.now() < until)
    await sleep(20);
  for (let n = 0; n < rounds && !isNoticed(run, violations); n++) {
    // A read that finds nothing, a moment before there is an event.
    const wait = ({ team: { workspace_id, viewer }, at }: Place) =>
      viewer.client.read_events({ workspace_id, after: at, limit, wait: 1 });
    if (n % 2 === 0) await Promise.all(places.map(wait));
    await Promise.all(places.map((place) => act(place, n)));
    violations.push(...(await Promise.all(places.map((place) => faultsOf(run, place)))).flat());
    run.progress((n + 1) / rounds);
  }
  await Promise.all(streams.map((stream) => stream.close()));
  return {
    load: { rounds, workspaces: places.length, streams: streams.length },
    figures: {},
    violations: [...violations, ...(await stage.strike())],
  };
}

const in_shared = (find: string, replace: string) => ({ file: 'feed/shared-reads.ts', find, replace });
/** Gives callers a read that began before they asked. */
const from_before = in_shared('known === undefined || known.began < asked_at', 'known === undefined');
const in_routes = (find: string, replace: string) => ({ file: 'feed/routes.ts', find, replace });

export const streams: Check = {
  id: 'streams',
  promises: ['P17', 'P9', 'P7'],
  says: 'Streams that share their reads, in two workspaces and for every role, each show exactly what their reader’s pages show: every event, nothing of another workspace, and nothing after the reader is removed.',
  run: follow,
  slice: 0.16,
  control_size: 0.33,
  controls: {
    'a read from before an event is given to who is woken by it': {
      source: [from_before, in_shared('const kept_ms = 250;', 'const kept_ms = 20_000;')],
      noticed_by: 'showed nothing of an event',
    },
    'a read is shared with another workspace': {
      source: [
        from_before,
        in_routes('JSON.stringify([behind, filter, limit])', 'JSON.stringify([behind.sequence, filter, limit])'),
      ],
      noticed_by: 'its reader’s page has',
    },
    'a page is shared together with the right that was asked for it': {
      source: [
        {
          file: 'feed/follow.ts',
          find: 'return waiting.read(personOf(caller), () => read(asked)).catch(unlessOverloaded);',
          replace: `const kept = (globalThis.kept_pages ??= new Map());
            const key = JSON.stringify([arguments[1].workspace_id, asked]);
            const keep = (page) => (page.data.length > 0 && kept.set(key, page), page);
            const once = async () => kept.get(key) ?? keep(await read(asked));
            return waiting.read(personOf(caller), once).catch(unlessOverloaded);`,
        },
      ],
      noticed_by: 'its reader’s page has',
    },
  },
};
