import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Source {
  /** Relative to server/src. */
  file: string;
  text: string;
}

const root = path.resolve(import.meta.dirname, '../../src');

/** Every source of the server, without its tests. */
export function sources(): Source[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => ({ file: file.replaceAll(path.sep, '/'), text: readFileSync(path.join(root, file), 'utf8') }));
}

interface Rule {
  says: string;
  breaks: RegExp;
  except: RegExp;
}

/** The rules of what may be in which folder. */
const rules: Rule[] = [
  {
    says: 'uses Express outside of http/ and serving/',
    breaks: /from 'express'/,
    except: /^(http\/|serving\/|app\.ts)/,
  },
  { says: 'reads process.env', breaks: /process\.env/, except: /^(config|main)\.ts$/ },
  { says: 'reads process.argv', breaks: /process\.argv/, except: /^main\.ts$/ },
  {
    says: 'has a statement outside of the places for SQL',
    breaks: /\bsql`\s*(select|insert|update|delete|with)\b/,
    except: /(^db\/|^access\/authorize\.ts|^audit\/|queries\.ts$|^projects\/definitions\.ts|^http\/rate-limit)/,
  },
  {
    says: 'uses what would not work with sharding',
    breaks:
      /set_config\(|clock_timestamp\(|\bmerge into\b|pg_advisory|pg_try_advisory|pg_notify|\boffset \$|count\(\*\) over/i,
    except: /^db\/(embedded|migrate)/,
  },
  {
    says: 'builds SQL from strings',
    breaks: /\.query\(\s*`[^`]*\$\{/,
    // Names of databases can't be parameters. That in process/database.ts is a constant.
    except: /^(db\/|process\/database\.ts$)/,
  },
  {
    says: 'refuses by a limit without saying which',
    breaks: /BatonError\('rate_limited'/,
    except: /^lib\/limit\.ts$/,
  },
  {
    says: 'imports server code into a contract',
    breaks: /from '\.\.\/(db|access|(audit|accounts)\/(?!contract)\w+)[/.]/,
    except: /(?<!contract\.ts)$/,
  },
];

/** The tables that each folder owns: only it writes them, and what its log entries say of them. */
export const owners: Record<string, readonly string[]> = {
  accounts: [
    'users',
    'user_credentials',
    'sessions',
    'refresh_tokens',
    'password_resets',
    'failed_attempts',
    'account_audit_log',
  ],
  attachments: ['attachments', 'attachment_files', 'attachment_usage'],
  audit: ['outbox', 'events', 'event_heads', 'event_nodes', 'event_checkpoints'],
  comments: ['comments', 'comment_revisions', 'comment_reactions'],
  http: ['rate_limits'],
  mail: ['mails', 'notification_mails', 'given_up_mails'],
  notifications: ['watchers', 'notifications', 'notification_settings', 'notification_places'],
  outcomes: ['outcomes'],
  projects: ['projects', 'workflows', 'project_statuses'],
  quotas: ['workspace_usage'],
  tickets: ['tickets', 'ticket_labels', 'ticket_texts', 'ticket_words', 'status_history'],
  tokens: ['api_tokens'],
  preferences: ['preferences'],
  views: ['views'],
  webhooks: ['webhooks', 'deliveries'],
  work: ['set_aside'],
  workspaces: ['workspaces', 'memberships', 'user_workspaces', 'invitations', 'membership_cleanups'],
};

const writing = /\b(?:insert into|update|delete from)\s+([a-z_]+)\b/g;

/** The tables that a file writes although its folder doesn't own them. */
function foreignWrites({ file, text }: Source): string[] {
  const own = owners[file.split('/')[0] ?? ''] ?? [];
  const all = Object.values(owners).flat();
  const written = [...text.matchAll(writing)].map(([, table = '']) => table);
  return [...new Set(written)].filter((table) => all.includes(table) && !own.includes(table));
}

/** Not in a workspace's lock order: rows of accounts and of processes. Upkeep has a row of its own in the document. */
const apart = /^(accounts|preferences|http|work)\/|upkeep-queries\.ts$/;

/**
 * The tables whose rows a transaction locks: `from things t where … for update of t`, or else the statement's first
 * table.
 */
export function lockedTables(all: readonly Source[]): string[] {
  const lock = /\bfor (?:no key update|update|key share)\b(?: of (\w+))?( skip locked)?/g;
  const found = all
    .filter(({ file }) => !apart.test(file))
    .flatMap(({ text }) =>
      [...text.matchAll(lock)].flatMap(({ 1: name, 2: skips, index }) => {
        const before = text.slice(text.lastIndexOf('tx.', index), index);
        // `skip locked` doesn't wait, and a wait in `settle` comes after the commit, without other locks.
        if (skips !== undefined || before.startsWith('tx.settle')) return [];
        const from = name === undefined ? /\bfrom\s+(\w+)/ : new RegExp(`\\b(?:from|join)\\s+(\\w+) ${name}\\b`);
        return from.exec(before)?.[1] ?? [];
      }),
    );
  return [...new Set(found)].sort();
}

const imported = /from '(\.[^']+)'/g;

/** The pairs of folders that import each other, as `a and b`. Sources at the root belong to no folder. */
export function circles(all: readonly Source[]): string[] {
  const folderOf = (file: string) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : undefined);
  const arrows = new Set<string>();
  for (const { file, text } of all) {
    const from = folderOf(file);
    for (const [, target = ''] of text.matchAll(imported)) {
      const to = folderOf(path.posix.join(path.posix.dirname(file), target));
      if (from !== undefined && to !== undefined && from !== to) arrows.add(`${from} ${to}`);
    }
  }
  return [...arrows].flatMap((arrow) => {
    const [from = '', to = ''] = arrow.split(' ');
    return from < to && arrows.has(`${to} ${from}`) ? [`${from} and ${to}`] : [];
  });
}

/** Checks the house rules. Returns one sentence per violation. */
export function houseViolations(all: readonly Source[]): string[] {
  return all.flatMap((source) => [
    ...rules
      .filter(({ breaks, except }) => breaks.test(source.text) && !except.test(source.file))
      .map(({ says }) => `${source.file} ${says}`),
    ...foreignWrites(source).map((table) => `${source.file} writes ${table}, which isn't its folder's`),
  ]);
}
