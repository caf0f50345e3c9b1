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
import { Operations } from '../store/operations.ts';
import { People } from '../store/people.ts';
import { Tickets } from '../store/tickets.ts';
import { Timeline } from '../store/timeline.ts';
import { Timelines } from '../store/timelines.ts';
import { Uploads } from '../store/uploads.ts';
import { left } from './left.ts';
import { leftBehind } from './left-behind.ts';
import type { Renewable, Surroundings } from './renewable.ts';
import { tab } from './tab.ts';

/** What the pages of one workspace share: its tickets, people, unsent operations and events. */
export class Desk {
  readonly account: string;
  readonly workspace_id: string;
  readonly tickets = new Tickets();
  readonly people: People;
  readonly reader: Reader;
  readonly operations: Operations;
  /** Files that are being sent. */
  readonly uploads: Uploads;
  /** Called with a ticket's id when a file was added to it or removed from it. */
  readonly filed = new Set<(ticket_id: string) => void>();
  /** The state of the event stream, and since when. */
  readonly link = cell<{ state: LinkState; since: number }>({ state: 'live', since: Date.now() });
  /** Called when projects, workflows, members, views or the workspace have changed. */
  readonly surroundings = new Set<(what: Surroundings) => void>();
  readonly #outbox: ReturnType<typeof makeOutbox>;
  readonly #timelines: Timelines;
  readonly #lists = new Set<Renewable>();
  #following: AbortController | undefined;
  #is_renewing = false;
  #is_renewal_wanted = false;
  #has_adopted = false;
  #nudge = new AbortController();
  #asked: Promise<boolean> | undefined;
  #is_left = false;

  constructor(account: string, workspace_id: string) {
    this.account = account;
    this.workspace_id = workspace_id;
    this.#timelines = new Timelines((ticket_id) => new Timeline(timelineParts(workspace_id, ticket_id)));
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

  /** Starts following events, and sends what was left over. Does nothing if already started. */
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

  /** Undoes `start`. Unsent operations stay on the disk. */
  stop(): void {
    this.#following?.abort();
    this.#following = undefined;
  }

  /**
   * Returns whether the account still has access to the workspace; if not, stops the desk. Throws if that is unknown.
   */
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

  /** Whether the person has left the workspace, so that the desk knows nothing of it any more. */
  get is_left(): boolean {
    return this.#is_left;
  }

  /** Whether the server doesn't have all changes and files yet, or has refused some. */
  get has_work(): boolean {
    return this.operations.all().length > 0 || this.uploads.get().length > 0;
  }

  /** Ends the desk, because somebody has signed out. What it has not sent must not be sent in another name. */
  end(): void {
    this.stop();
    this.reader.stop();
    this.operations.clear();
    // Those that wait come first, so that none of them begins.
    for (const { id } of this.uploads.get().toReversed()) this.uploads.drop(id);
  }

  /** Forgets the workspace. Unsent texts stay on the disk, visible only to their author. */
  #leave(): void {
    this.#is_left = true;
    left.set(this.workspace_id);
    this.end();
    this.tickets.clear();
    this.#timelines.clear();
  }

  /** Resumes what waited for the person to sign in again. */
  signedIn(): void {
    this.stop();
    this.start();
    this.operations.resume();
  }

  /** Returns the story of a ticket. */
  timeline(ticket_id: string): Timeline {
    return this.#timelines.of(ticket_id);
  }

  /** Keeps a list up to date until the returned function is called. */
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
    // If the server can't be reached now, the next read asks again.
    if (ended === 'no_access') await this.isMember().catch(() => undefined);
  }

  #linked(state: LinkState): void {
    const before = this.link.get();
    const is_down = before.state !== 'live' && state !== 'live';
    this.link.set({ state, since: is_down ? before.since : Date.now() });
    // The server is reachable again, so retry now instead of waiting for the timer.
    if (state === 'live' && this.operations.pause()?.cause === 'unreachable') this.operations.resume();
  }

  /** Immediately retries everything that waits: opening the stream, sending and reading. */
  tryAgain(): void {
    this.#nudge.abort();
    this.#nudge = new AbortController();
    if (this.operations.pause()?.cause === 'unreachable') this.operations.resume();
    void this.renew();
    // Even if there is nothing else to read, this request shows whether the server responds.
    void this.isMember().catch(() => undefined);
  }

  /** Reloads everything on the page in place, because events may have been missed; once more if that happens again. */
  async renew(): Promise<void> {
    this.#is_renewal_wanted = true;
    if (this.#is_renewing) return;
    this.#is_renewing = true;
    while (this.#is_renewal_wanted) {
      this.#is_renewal_wanted = false;
      await Promise.allSettled([...this.#lists].map((list) => list.renew()));
      for (const id of this.reader.opened()) this.reader.want(id);
      for (const id of this.reader.opened()) void this.#timelines.get(id)?.happened();
    }
    this.#is_renewing = false;
  }

  #changed(what: Surroundings, is_own: boolean): void {
    for (const listener of this.surroundings) listener(what);
    if (is_own) this.operations.roleChanged();
    // Replacing a workflow moves tickets and changes the allowed transitions; a new role of the person changes them,
    // too.
    if (what === 'workflow' || is_own) void this.renew();
  }

  readonly #adoptWhenSeen = () => {
    if (document.visibilityState === 'visible') void this.#adopt();
  };

  /** Takes over the unsent operations that no open tab sends. */
  async #adopt(): Promise<void> {
    const is_new = !this.#has_adopted;
    this.#has_adopted = true;
    const left = await leftBehind(await this.#outbox.all().catch(() => []), { is_new });
    for (const operation of left) void this.#outbox.put(operation).catch(() => undefined);
    this.operations.restore(left);
  }
}
