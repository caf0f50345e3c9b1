/** Builds the body of a new ticket that is valid except for one part, filled up to this many bytes. */
type Kind = (bytes: number) => string;

const around = (start: string, end: string, fill: (bytes: number) => string) => (bytes: number) =>
  start + fill(bytes - start.length - end.length) + end;
const times = (unit: string) => (bytes: number) => unit.repeat(Math.floor(bytes / unit.length));
/** Repeats `open` and `close` equally often. */
const nested = (open: string, close: string) => (bytes: number) => {
  const depth = Math.floor((bytes - 1) / (open.length + close.length));
  return `${open.repeat(depth)}1${close.repeat(depth)}`;
};
const joined = (bytes: number, width: number, item: (n: number) => string) =>
  Array.from({ length: Math.floor(bytes / (width + 1)) }, (_, n) => item(n).padEnd(width)).join();
/** As many values as the server reads at all, each so long that together they fill the body. */
const widest = (item: (n: number, width: number) => string) => (bytes: number) => {
  const count = Math.min(24_000, Math.floor(bytes / 20));
  const width = Math.floor(bytes / count) - 1;
  return Array.from({ length: count }, (_, n) => item(n, width)).join();
};
const numbered = (n: number, width: number) => `"${String(n).padEnd(width - 4, '.')}":1`;

/** Bodies built to cost more than they weigh. None is a valid ticket, account or workflow. */
export const bomb_kinds: Record<string, Kind> = {
  'arrays in arrays': around('{"title":', '}', nested('[', ']')),
  'objects in objects': around('{"title":', '}', nested('{"a":', '}')),
  'prototypes in prototypes': around('{"title":', '}', nested('{"__proto__":', '}')),
  'arrays never closed': times('['),
  'objects never closed': times('{"a":'),
  'many short fields': around('{"title":"T",', '}', (bytes) => joined(bytes, 12, (n) => `"f${n}":1`)),
  'many long fields': around('{"title":"T",', '}', widest(numbered)),
  'one field many times': around('{', '"title":[]}', times('"title":"a",')),
  'fields that are indexes': around('{"title":{', '}}', (bytes) => joined(bytes, 16, (n) => `"${n * 65_536}":1`)),
  'many texts': around('{"title":"T","labels":[', '""]}', times('"",')),
  'many faults': around('{"title":"T","labels":[', '0]}', times('0,')),
  'many long numbers': around(
    '{"title":"T","labels":[',
    ']}',
    widest((_, width) => `1.${'1'.repeat(width - 2)}`),
  ),
  'a long number': around('{"title":', '}', times('9')),
  'a long fraction': around('{"title":0.', '}', times('1')),
  'a large exponent': around('{"title":1e', '}', times('9')),
  'a long text': around('{"title":"', '"}', times('a')),
  'a text of escapes': around('{"title":"', '"}', times('\\u0041')),
  'a text of control characters': around('{"', '":1}', times('\\u0001')),
  'a text of spaces': around('{"title":"', '"}', times(' ')),
  'a text that ends in an escape': around('{"title":"', '', times('\\')),
  'a long field': around('{"', '":1}', times('k')),
  'spaces before': around('', '[]', times(' ')),
  'an address of dots': around('{"email":"', '@","password":"x"}', times('a.')),
  'an address of dashes': around('{"email":"a@', '","password":"x"}', times('-')),
  'a start of many bytes': around(
    '{"statuses":[{"key":"a","name":"A","category":"todo"}],"initial":["',
    '"],"transitions":[]}',
    times('k'),
  ),
  'steps of many bytes': around(
    '{"statuses":[{"key":"a","name":"A","category":"todo"}],"initial":["a"],"transitions":[',
    ']}',
    (bytes) => joined(bytes, 400, (n) => `{"from":"a","to":"${String(n).padEnd(370, 'k')}"}`),
  ),
};
