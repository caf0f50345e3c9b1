import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Source {
  /** Relative to server/src. */
  file: string;
  text: string;
}

const root = path.resolve(import.meta.dirname, '../../src');

/** Every source of the server, without the tests beside it. */
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

/** Where each kind of thing may stand. */
const rules: Rule[] = [
  { says: 'uses Express outside of http/', breaks: /from 'express'/, except: /^(http\/|app\.ts)/ },
  { says: 'reads process.env', breaks: /process\.env/, except: /^(config|main)\.ts$/ },
  { says: 'reads process.argv', breaks: /process\.argv/, except: /^main\.ts$/ },
  {
    says: 'has a statement outside of the places for SQL',
    breaks: /\bsql`\s*(select|insert|update|delete|with)\b/,
    except: /(^db\/|^access\/authorize\.ts|^audit\/|queries\.ts$|^projects\/definitions\.ts|^http\/rate-limit)/,
  },
  {
    says: 'uses what does not survive sharding',
    breaks:
      /set_config\(|clock_timestamp\(|\bmerge into\b|pg_advisory|pg_try_advisory|pg_notify|\boffset \$|count\(\*\) over/i,
    except: /^db\/(embedded|migrate)/,
  },
  {
    says: 'builds SQL from strings',
    breaks: /\.query\(\s*`[^`]*\$\{/,
    // Names of databases can't be parameters; process/database.ts has its own, as a constant.
    except: /^(db\/|process\/database\.ts$)/,
  },
  {
    says: 'imports the server into a contract',
    breaks: /from '\.\.\/(db|access|(audit|accounts)\/(?!contract)\w+)[/.]/,
    except: /(?<!contract\.ts)$/,
  },
];

/** What breaks the house rules, one sentence each. */
export function houseViolations(all: readonly Source[]): string[] {
  return all.flatMap(({ file, text }) =>
    rules.filter(({ breaks, except }) => breaks.test(text) && !except.test(file)).map(({ says }) => `${file} ${says}`),
  );
}
