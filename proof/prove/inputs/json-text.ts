import { Known, Verbatim } from './nasty.ts';

/** Writes a value as JSON. It fills in known values and writes verbatim texts unchanged. */
export function writeJson(value: unknown, known: Record<string, unknown>): string {
  if (value instanceof Verbatim) return value.text;
  if (value instanceof Known) return JSON.stringify(known[value.name] ?? null);
  if (Array.isArray(value)) return `[${value.map((item) => writeJson(item, known)).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = value instanceof Fields ? value.entries : Object.entries(value);
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${writeJson(field, known)}`).join()}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** An object as it is written: a key may come twice, and `__proto__` is a key like any other. */
export class Fields {
  readonly entries: (readonly [string, unknown])[];

  constructor(entries: (readonly [string, unknown])[]) {
    this.entries = entries;
  }
}

/** Percent-encodes text for a URL; lone surrogates become U+FFFD. */
export function writeUrl(value: unknown, known: Record<string, unknown>): string {
  const text = value instanceof Known ? known[value.name] : value instanceof Verbatim ? value.text : value;
  return encodeURIComponent(String(text).toWellFormed());
}
