import { owners, type Source } from './house.ts';

/** The tables whose changes a log tells of: what is written to one of them is recorded in the same transaction. */
const subjects = [
  ...['users', 'user_credentials', 'sessions', 'password_resets'],
  ...['workspaces', 'memberships', 'invitations', 'api_tokens', 'projects', 'workflows', 'views', 'webhooks'],
  ...[
    'tickets',
    'ticket_labels',
    'ticket_texts',
    'status_history',
    'comments',
    'comment_revisions',
    'comment_reactions',
    'attachments',
  ],
];

/** The others: their rows belong to a subject's, which is recorded, or no log tells of them (docs/audit.md). */
const unlogged = [
  ...['refresh_tokens', 'failed_attempts', 'account_audit_log', 'user_workspaces', 'membership_cleanups'],
  ...[
    'outbox',
    'events',
    'event_heads',
    'event_nodes',
    'event_checkpoints',
    'outcomes',
    'workspace_usage',
    'set_aside',
  ],
  ...['attachment_files', 'attachment_usage', 'project_statuses', 'ticket_words', 'deliveries', 'rate_limits'],
  ...['mails', 'notification_mails', 'given_up_mails'],
  ...['watchers', 'notifications', 'notification_settings', 'notification_places', 'preferences'],
];

/** The tables of which nobody has said whether a log tells of their changes. */
export function undecidedTables(tables: readonly string[] = Object.values(owners).flat()): string[] {
  return tables.filter((table) => !subjects.includes(table) && !unlogged.includes(table));
}

/** Upkeep by the worker, and what is counted or remembered beside a subject: no log tells of it. */
const unrecorded = /^(upkeep\/|.*upkeep-queries\.ts$)/;

interface Func {
  file: string;
  name: string;
  text: string;
}

const written = /\b(?:insert into|update|delete from)\s+([a-z_]+)\b/g;
/** A purge is recorded by the function that does it. */
const records = /\brecord(?:Audits?|AccountAudit)\(|\bselect purge_\w+\(/;
/** That a token was used is no change of it. */
const no_changes = ['noteUse'];
/** Up to whatever comes next at the start of a line, or the end: a short function doesn't take the next one for its own. */
const top_level =
  /^(?:export )?(?:(?:async )?function (\w+)|const (\w+)(?:: \w+)? = (?:async )?\()[\s\S]*?(?=^(?:export|const|let|async|function|interface|type|class|\/\*|\/\/)|(?![\s\S]))/gm;

const functionsOf = ({ file, text }: Source): Func[] =>
  [...text.matchAll(top_level)].map(([all, name = '', constant = '']) => ({ file, name: name || constant, text: all }));
const calledBy = ({ name, text }: Func) =>
  // Not methods, which have other names in common; of a module's, `queries.name(`.
  [...text.matchAll(/(?:\bqueries\.|(?<![\w.]))(\w+)\(/g)].flatMap(([, called = '']) =>
    called === name ? [] : called,
  );

/** All functions that are of the kind, or call one that is, themselves or through others. Functions of one name are taken for one. */
function closure(all: readonly Func[], isOne: (one: Func) => boolean, goesOn: (one: Func) => boolean): Set<Func> {
  const found = new Set(all.filter(isOne));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    const names = new Set([...found].map(({ name }) => name));
    for (const one of all) if (goesOn(one) && calledBy(one).some((called) => names.has(called))) found.add(one);
  }
  return found;
}

/** The functions that write a subject's row where neither they nor any of their callers record it. */
export function unrecordedWrites(sources: readonly Source[]): string[] {
  const files = sources.filter(({ file }) => !unrecorded.test(file));
  const all = files.flatMap(functionsOf).filter(({ name }) => !no_changes.includes(name));
  const recording = closure(
    all,
    ({ text }) => records.test(text),
    () => true,
  );
  const writes = ({ text }: Func) => [...text.matchAll(written)].some(([, table = '']) => subjects.includes(table));
  const writing = closure(all, writes, (one) => !recording.has(one));
  const called = new Set(all.flatMap(calledBy));
  return [...writing]
    .filter((one) => !recording.has(one) && !called.has(one.name))
    .map(({ file, name }) => `${file}: ${name} writes what no log tells of`);
}
