import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ImportDeclaration, parseSync, Visitor } from 'oxc-parser';

export interface Source {
  /** The path relative to web/src. */
  file: string;
  text: string;
}

export const root = path.resolve(import.meta.dirname, '../src');

/** Returns every source of the console: scripts, style sheets, and the tests beside them. */
export function sources(): Source[] {
  return globSync('**/*.{ts,tsx,css}', { cwd: root }).map((file) => ({
    file: file.replaceAll(path.sep, '/'),
    text: readFileSync(path.join(root, file), 'utf8'),
  }));
}

const is_test = /\.test\.tsx?$/;
const is_style = /\.css$/;

interface Rule {
  says: string;
  breaks: RegExp;
  except: RegExp;
}

const colour = /#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\(|:\s*(?:black|white|red|green|blue|gray)\b/i;

/** Where each kind of code is allowed. */
const rules: Rule[] = [
  { says: 'uses Base UI outside of ui/', breaks: /from '@base-ui\//, except: /^ui\// },
  {
    says: 'sets raw HTML outside of ui/',
    breaks: /\b(innerHTML|outerHTML|dangerouslySetInnerHTML|insertAdjacentHTML|document\.write|DOMParser)\b/,
    except: /^ui\//,
  },
  {
    says: 'sends requests outside of api/',
    breaks: /\b(fetch|sendBeacon)\(|\bnew (XMLHttpRequest|EventSource|WebSocket)\b/,
    except: /^api\//,
  },
  { says: 'has a colour outside of tokens.css', breaks: colour, except: /^style\/tokens\.css$/ },
  {
    says: 'uses what only Node.js has',
    breaks: /from 'node:|\bprocess\.|\bBuffer\b/,
    except: is_test,
  },
  {
    says: 'uses left and right, which are swapped in right-to-left scripts',
    breaks: /^\s*(margin|padding|border|inset)?-?(left|right):/m,
    except: /\.tsx?$/,
  },
];

function importsOf({ file, text }: Source): ImportDeclaration[] {
  const found: ImportDeclaration[] = [];
  if (!is_style.test(file)) {
    new Visitor({ ImportDeclaration: (node) => void found.push(node) }).visit(parseSync(file, text).program);
  }
  return found;
}

/** Any folder may use the SDK's types, but only api/ may use what sends requests. */
function usesSdk(source: Source): boolean {
  if (/^api\//.test(source.file) || is_test.test(source.file)) return false;
  return importsOf(source).some(({ importKind, specifiers, source: { value } }) => {
    const is_type = (one: (typeof specifiers)[number]) => one.type === 'ImportSpecifier' && one.importKind === 'type';
    return value === 'baton-sdk' && importKind !== 'type' && !specifiers.every(is_type);
  });
}

/** The floors from the lowest up: a folder imports only from lower floors, and pages don't import each other. */
const floors = [
  'store style',
  'ui/text.ts',
  'api',
  'ui',
  'commands',
  'desk',
  'fields',
  'create first-run detail',
  'list',
  '*',
  'shell',
  'routes.ts app.tsx main.tsx',
];

function floorOf(file: string): number {
  const [folder = ''] = file.split('/');
  const own = floors.findIndex((floor) => floor.split(' ').some((one) => one === file || one === folder));
  return own < 0 ? floors.indexOf('*') : own;
}

const folderOf = (file: string) => file.split('/')[0] ?? '';

/** Returns the imports of a source from its own floor or a higher one. */
export function wrongImports(source: Source): string[] {
  const { file } = source;
  if (is_test.test(file)) return [];
  const from = /\b(?:from|import\()\s*'(\.[^']+)'/g;
  const targets = [...source.text.matchAll(from)].map(([, target = '']) =>
    path.posix.join(path.posix.dirname(file), target),
  );
  return targets
    .filter((target) => folderOf(target) !== folderOf(file) || !file.includes('/'))
    .filter((target) => floorOf(target) >= floorOf(file) && floorOf(file) < floors.length - 1)
    .map((target) => `${file} imports ${target}, which is on the same floor or a higher one`);
}

/** Returns the violations of the house rules, one sentence each. */
export function violations(source: Source): string[] {
  const { file, text } = source;
  return [
    ...rules
      .filter(({ breaks, except }) => breaks.test(text) && !except.test(file))
      .map(({ says }) => `${file} ${says}`),
    ...(usesSdk(source) ? [`${file} uses the SDK outside of api/`] : []),
    ...wrongImports(source),
  ];
}
