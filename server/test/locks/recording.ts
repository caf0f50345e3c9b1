import { owners, type Source } from './house.ts';

/** The tables whose changes are logged: every write to one of them is recorded in the same transaction. */
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

/** The other tables: their rows belong to a subject that is recorded, or are not logged at all (docs/audit.md). */
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

/** The tables that are in neither list. */
export function undecidedTables(tables: readonly string[] = Object.values(owners).flat()): string[] {
  return tables.filter((table) => !subjects.includes(table) && !unlogged.includes(table));
}

/** Upkeep by the worker, which is not logged. */
const unrecorded = /^(upkeep\/|.*upkeep-queries\.ts$)/;

interface Func {
  file: string;
  name: string;
  text: string;
}

const written = /\b(?:insert into|update|delete from)\s+([a-z_]+)\b/g;
/** Calls that record a write. The function that purges records that itself. */
const records = /\brecord(?:Audits?|AccountAudit)\(|\bselect purge_\w+\(/;
/** Functions whose writes don't count. The use of a token is not a change of it. */
const no_changes = ['noteUse'];
/** A top-level function, up to the next declaration at the start of a line or the end of the file. */
const top_level =
  /^(?:export )?(?:(?:async )?function (\w+)|const (\w+)(?:: \w+)? = (?:async )?\()[\s\S]*?(?=^(?:export|const|let|async|function|interface|type|class|\/\*|\/\/)|(?![\s\S]))/gm;

const functionsOf = ({ file, text }: Source): Func[] =>
  [...text.matchAll(top_level)].map(([all, name = '', constant = '']) => ({ file, name: name || constant, text: all }));
const calledBy = ({ name, text }: Func) =>
  // Without methods, whose names are ambiguous, except those of a module: `queries.name(`.
  [...text.matchAll(/(?:\bqueries\.|(?<![\w.]))(\w+)\(/g)].flatMap(([, called = '']) =>
    called === name ? [] : called,
  );

/** All functions of a kind, and all that call one directly or indirectly. Functions with the same name count as one. */
function closure(all: readonly Func[], isOne: (one: Func) => boolean, goesOn: (one: Func) => boolean): Set<Func> {
  const found = new Set(all.filter(isOne));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    const names = new Set([...found].map(({ name }) => name));
    for (const one of all) if (goesOn(one) && calledBy(one).some((called) => names.has(called))) found.add(one);
  }
  return found;
}

/** The functions that write a row of a logged table although neither they nor any of their callers record it. */
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
    .map(({ file, name }) => `${file}: ${name} writes a logged table and nothing records it`);
}
