import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Notification } from 'baton-sdk';
import { type Mark, markNotification, notificationQuery, readUpTo, unreadQuery } from '../api/notifications.ts';
import { failureOf } from '../api/problems.ts';
import { cell } from '../store/cell.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { whenOf } from './later.ts';
import { applied, backTo, belongs, countedBy, type Pending, shownUnder } from './marks.ts';
import { subjectOf } from './subject.ts';

/** Marks that are shown, and that the server has not saved yet. */
export const pending = cell<readonly Pending[]>([]);

/**
 * The notifications that were opened since the folder was, in the server's latest state. They stay in the folder after
 * they are read, so that the rows don't move under the pointer.
 */
export const opened = cell<ReadonlyMap<string, Notification>>(new Map());

/**
 * The last request for each notification, whichever part of the page sent it, so that its marks arrive in the order in
 * which they were made.
 */
const last = new Map<string, Promise<unknown>>();

interface Page {
  data: Notification[];
}

/** Changes the notifications of a workspace: shows each change at once, and reverts it if the server refuses it. */
export class InboxActs {
  readonly #queries: QueryClient;
  readonly #workspace_id: string;

  constructor(queries: QueryClient, workspace_id: string) {
    this.#queries = queries;
    this.#workspace_id = workspace_id;
  }

  /** Opens a notification and marks it as read. A snoozed one stays as it is, because it must come back unread. */
  open(shown: Notification): void {
    opened.set(new Map(opened.get()).set(shown.id, shown));
    const now = shownUnder(shown, pending.get());
    if (belongs(now, 'unread', new Date())) void this.#mark(now, { read: true });
  }

  /** Archives a notification; `shown` is its state on the page. */
  done(shown: Notification): void {
    this.#withUndo(shown, { archived: true, read: true }, t('{key} is done', { key: subjectOf(shown).name }));
  }

  /** Snoozes a notification until a time. */
  later(shown: Notification, at: Date): void {
    const when = whenOf(at, new Date());
    const says = t('{key} comes back: {when}', { key: subjectOf(shown).name, when });
    this.#withUndo(shown, { snoozed_until: at.toISOString() }, says);
  }

  /** Moves an archived or snoozed notification back to the inbox. */
  back(shown: Notification): void {
    const says = t('{key} is in the inbox again', { key: subjectOf(shown).name });
    this.#withUndo(shown, { archived: false, snoozed_until: null }, says);
  }

  read(shown: Notification): void {
    void this.#mark(shown, { read: true });
  }

  unread(shown: Notification): void {
    void this.#mark(shown, { read: false });
  }

  /**
   * Marks all notifications up to the latest one shown as read. Undo is offered only if the page knows all that were
   * unread.
   */
  async allRead(rows: readonly Notification[]): Promise<void> {
    const [latest] = rows;
    if (latest === undefined) return;
    const unread = rows.filter(({ read_at }) => read_at === null);
    try {
      const marked = await readUpTo(this.#workspace_id, latest.id);
      const text = t('{marked, plural, =0 {Nothing was unread} one {# is read now} other {# are read now}}', {
        marked,
      });
      const undo = () => {
        for (const one of unread) void this.#mark({ ...one, read_at: new Date().toISOString() }, { read: false });
      };
      const is_known = marked > 0 && marked === unread.length;
      toast({ text, ...(is_known && { action: { label: t('Undo'), run: undo } }) });
    } catch (error) {
      this.#failed(error);
    }
    await this.renew();
  }

  /** Reads the lists and the unread count again. */
  async renew(): Promise<void> {
    await this.#queries.invalidateQueries({ queryKey: this.#lists });
    await this.#queries.invalidateQueries({ queryKey: this.#unread });
  }

  get #lists() {
    return ['notifications', this.#workspace_id];
  }

  get #unread() {
    return unreadQuery(this.#workspace_id).queryKey;
  }

  #withUndo(shown: Notification, mark: Mark, text: string): void {
    const now = new Date();
    void this.#mark(shown, mark);
    const undo = () => void this.#mark(applied(shown, mark, now.toISOString()), backTo(shown, now));
    toast({ text, action: { label: t('Undo'), run: undo } });
  }

  async #mark(shown: Notification, mark: Mark): Promise<void> {
    const { id } = shown;
    const laid: Pending = { notification_id: id, mark, at: new Date().toISOString() };
    const counted = countedBy(shown, applied(shown, mark, laid.at), new Date());
    pending.set([...pending.get(), laid]);
    this.#count(counted);
    const before = last.get(id);
    const sent = (async () => {
      await before?.catch(() => undefined);
      return markNotification(this.#workspace_id, id, mark);
    })();
    last.set(id, sent);
    try {
      await this.#receive(await sent);
    } catch (error) {
      this.#count(-counted);
      this.#failed(error);
    } finally {
      pending.set(pending.get().filter((one) => one !== laid));
      if (last.get(id) === sent) last.delete(id);
    }
  }

  /** Shows the server's state. Lists that are being read may be older, so they are read again. */
  async #receive(now: Notification): Promise<void> {
    const is_reading = this.#queries.isFetching({ queryKey: this.#lists }) > 0;
    if (is_reading) await this.#queries.cancelQueries({ queryKey: this.#lists });
    this.#queries.setQueriesData<InfiniteData<Page>>({ queryKey: this.#lists }, (known) => {
      if (known === undefined) return known;
      const pages = known.pages.map((page) => ({
        ...page,
        data: page.data.map((one) => (one.id === now.id ? now : one)),
      }));
      return { ...known, pages };
    });
    this.#queries.setQueryData(notificationQuery(this.#workspace_id, now.id).queryKey, now);
    if (opened.get().has(now.id)) opened.set(new Map(opened.get()).set(now.id, now));
    if (is_reading) void this.#queries.invalidateQueries({ queryKey: this.#lists });
  }

  #count(by: number): void {
    if (by === 0) return;
    void this.#queries.cancelQueries({ queryKey: this.#unread });
    this.#queries.setQueryData(this.#unread, (known) => (known === undefined ? known : Math.max(0, known + by)));
  }

  #failed(error: unknown): void {
    const { title } = failureOf(error);
    toast({ kind: 'error', text: t('The inbox is as it was. {title}.', { title }) });
  }
}
