import { sendFile } from '../api/attachments.ts';
import { type ResponseListener, responses } from '../api/client.ts';
import { created } from '../api/tickets.ts';
import { makeOutbox } from '../api/disk.ts';
import { openEvents, renewToken } from '../api/events.ts';
import { type LinkState, waited } from '../api/follow.ts';
import { onEvent } from '../api/live.ts';
import { loadPeople } from '../api/people.ts';
import { Reader } from '../api/reader.ts';
import { sendOperation, sendTogether } from '../api/send.ts';
import { timelineParts } from '../api/stories.ts';
import { type Channel, type Locks, shareStream } from '../api/stream.ts';
import { isMemberOf } from '../api/workspace.ts';
import { cell } from '../store/cell.ts';
import { mayBeDoneTwice, type Operation } from '../store/decide.ts';
import { Operations } from '../store/operations.ts';
import { People } from '../store/people.ts';
import { Tickets } from '../store/tickets.ts';
import { Timeline } from '../store/timeline.ts';
import { Uploads } from '../store/uploads.ts';
import { left } from './left.ts';
import { isOpenTab, tab } from './tab.ts';

/** A list on the page: what the server has is read again when something may have been missed. */
export interface Renewable {
  renew: () => Promise<void>;
  /** Whether it may get tickets of this project. */
  covers: (project_id: string | null) => boolean;
}

export type Surroundings = 'project' | 'workflow' | 'member' | 'workspace' | 'view';

/** Stories that are kept after their tickets were closed. */
const max_timelines = 20;

/** Everything that the pages of one workspace share: its tickets, what waits to be sent, its people, and what happens elsewhere. */
export class Desk {
  readonly account: string;
  readonly workspace_id: string;
  readonly tickets = new Tickets();
  readonly people: People;
  readonly reader: Reader;
  readonly operations: Operations;
  /** Files on their way to tickets. */
  readonly uploads: Uploads;
  /** Called with a ticket to which a file was added, or from which one was removed. */
  readonly filed = new Set<(ticket_id: string) => void>();
  /** How the stream of events is, and since when. */
  readonly link = cell<{ state: LinkState; since: number }>({ state: 'live', since: Date.now() });
  /** Called when projects, workflows or members have changed. */
  readonly surroundings = new Set<(what: Surroundings) => void>();
  readonly #outbox: ReturnType<typeof makeOutbox>;
  readonly #timelines = new Map<string, Timeline>();
  readonly #lists = new Set<Renewable>();
  #following: AbortController | undefined;
  #is_renewing = false;
  #nudge = new AbortController();
  #asked: Promise<boolean> | undefined;
  #is_left = false;

  constructor(account: string, workspace_id: string) {
    this.account = account;
    this.workspace_id = workspace_id;
    this.people = new People(workspace_id, loadPeople);
    this.reader = new Reader(this.tickets, workspace_id, () => this.isMember());
    this.#outbox = makeOutbox(account, workspace_id, tab);
    this.operations = new Operations({
      tickets: this.tickets,
      outbox: this.#outbox,
      send: (operation) => sendOperation(operation, () => this.isMember()),
      sendTogether: (operations, key) => sendTogether(operations, key, () => this.isMember()),
      read: ({ ticket_id }) => this.reader.again(ticket_id),
    });
    this.uploads = new Uploads((upload, sending) => sendFile(workspace_id, upload, sending));
    this.operations.onSettled(({ ticket_id }, outcome) => {
      const story = this.#timelines.get(ticket_id);
      if (outcome.kind === 'done' && outcome.comment !== undefined) story?.receive(outcome.comment);
      void story?.happened();
    });
  }

  /** Begins to follow what happens, and to send what was left over. Does nothing where it has begun. */
  start(): void {
    if (this.#following !== undefined) return;
    const following = new AbortController();
    this.#following = following;
    const receive = (ticket: Parameters<Tickets['receive']>[0][number]) => {
      this.tickets.receive([ticket], this.tickets.ask());
    };
    created.add(receive);
    following.signal.addEventListener('abort', () => created.delete(receive));
    const suspect: ResponseListener = (operation, { status }) => {
      if (status === 404 && operation !== 'get_workspace') void this.isMember().catch(() => undefined);
    };
    responses.add(suspect);
    following.signal.addEventListener('abort', () => responses.delete(suspect));
    document.addEventListener('visibilitychange', this.#adoptWhenSeen, { signal: following.signal });
    void this.#adopt();
    void this.#follow(following);
  }

  /** Ends what start began. What waits stays on the disk. */
  stop(): void {
    this.#following?.abort();
    this.#following = undefined;
  }

  /** Whether the workspace is still there for who is signed in; where not, the desk ends. Throws where that is unknown. */
  isMember(): Promise<boolean> {
    if (this.#is_left) return Promise.resolve(false);
    this.#asked ??= isMemberOf(this.workspace_id)
      .then((is_member) => {
        if (!is_member) this.#leave();
        return is_member;
      })
      .finally(() => {
        this.#asked = undefined;
      });
    return this.#asked;
  }

  /** Whether the person left the workspace: then nothing of it is known here any more. */
  get is_left(): boolean {
    return this.#is_left;
  }

  /** Forgets all of the workspace. What was typed and not sent stays on the disk, for its author alone. */
  #leave(): void {
    this.#is_left = true;
    this.stop();
    left.set(this.workspace_id);
    this.reader.stop();
    this.operations.clear();
    this.tickets.clear();
    this.#timelines.clear();
  }

  /** Somebody signed in again: what waited for it goes on. */
  signedIn(): void {
    this.stop();
    this.start();
    this.operations.resume();
  }

  /** What happened to a ticket, from its newest part on. */
  timeline(ticket_id: string): Timeline {
    const known = this.#timelines.get(ticket_id) ?? new Timeline(timelineParts(this.workspace_id, ticket_id));
    this.#timelines.delete(ticket_id);
    this.#timelines.set(ticket_id, known);
    for (const [oldest] of this.#timelines) if (this.#timelines.size > max_timelines) this.#timelines.delete(oldest);
    return known;
  }

  /** Keeps a list up to date until the function it returns is called. */
  show(list: Renewable): () => void {
    this.#lists.add(list);
    return () => void this.#lists.delete(list);
  }

  async #follow(following: AbortController): Promise<void> {
    const parts = {
      open: openEvents(this.workspace_id),
      renew: renewToken,
      wait: (ms: number, signal: AbortSignal) => waited(ms, AbortSignal.any([signal, this.#nudge.signal])),
      locks: navigator.locks as Locks | undefined,
      openChannel: (name: string): Channel => new BroadcastChannel(name),
    };
    const live = {
      tickets: this.tickets,
      people: this.people,
      reader: this.reader,
      isListed: (project_id: string | null) => [...this.#lists].some((list) => list.covers(project_id)),
      told: (ticket_id: string, comment_id: string | undefined) =>
        void this.#timelines.get(ticket_id)?.happened(comment_id),
      filed: (ticket_id: string) => {
        for (const listener of this.filed) listener(ticket_id);
      },
      surroundings: (what: Surroundings, is_own: boolean) => this.#changed(what, is_own),
      account: this.account,
      tooMuch: () => void this.renew(),
    };
    const listener = {
      event: (event: Parameters<typeof onEvent>[1]) => onEvent(live, event),
      reached: () => undefined,
      gap: () => void this.renew(),
      state: (state: LinkState) => this.#linked(state),
    };
    const name = `baton-events/${this.account}/${this.workspace_id}`;
    const ended = await shareStream(parts, name, listener, following.signal);
    // A server that is not there by now is asked again with the next read.
    if (ended === 'no_access') await this.isMember().catch(() => undefined);
  }

  #linked(state: LinkState): void {
    const before = this.link.get();
    const is_down = before.state !== 'live' && state !== 'live';
    this.link.set({ state, since: is_down ? before.since : Date.now() });
    // The server is there: what waits for it need not wait for its timer.
    if (state === 'live' && this.operations.pause()?.cause === 'unreachable') this.operations.resume();
  }

  /** Tries at once what waits to be tried again: to open the stream, to send, to read. */
  tryAgain(): void {
    this.#nudge.abort();
    this.#nudge = new AbortController();
    if (this.operations.pause()?.cause === 'unreachable') this.operations.resume();
    void this.renew();
    // Where there is nothing else to read, this says whether the server answers.
    void this.isMember().catch(() => undefined);
  }

  /** Reads anew, in place, what is on the page: something may have happened that nobody told. */
  async renew(): Promise<void> {
    if (this.#is_renewing) return;
    this.#is_renewing = true;
    await Promise.allSettled([...this.#lists].map((list) => list.renew()));
    for (const id of this.reader.opened()) this.reader.want(id);
    for (const id of this.reader.opened()) void this.#timelines.get(id)?.happened();
    this.#is_renewing = false;
  }

  #changed(what: Surroundings, is_own: boolean): void {
    for (const listener of this.surroundings) listener(what);
    if (is_own) this.operations.roleChanged();
    // A workflow that was replaced moves tickets. It changes what may be done with them, as another role of the person’s does.
    if (what === 'workflow' || is_own) void this.renew();
  }

  readonly #adoptWhenSeen = () => {
    if (document.visibilityState === 'visible') void this.#adopt();
  };

  /** Takes over what tabs have left that are closed by now. */
  async #adopt(): Promise<void> {
    const kept = await this.#outbox.all().catch(() => []);
    const left: Operation[] = [];
    for (const { operation, tab: of } of kept) {
      if (of === tab || (await isOpenTab(of))) continue;
      const at = Date.now();
      const is_old = operation.refusal === undefined && mayBeDoneTwice(operation, at);
      left.push(is_old ? { ...operation, refusal: { code: 'perhaps_done', at } } : operation);
    }
    for (const operation of left) void this.#outbox.put(operation).catch(() => undefined);
    this.operations.restore(left);
  }
}
