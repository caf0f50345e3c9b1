import { BatonError } from '../errors.ts';

const shortest_password = 10;
const max_ending = 4;

/** Loads the entries of a list of 49,000 common passwords that are long enough to be the root of one of ours: 4 MB. */
async function loadCommon(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  const words = dictionary['passwords-common'].map(String);
  return new Set(words.filter(({ length }) => length >= shortest_password - max_ending));
}

// The list is loaded when the first password is chosen (0.1 s of processor time) and kept. A server that only signs
// people in never loads it.
let common: Promise<ReadonlySet<string>> | undefined;

const few_distinct = /^(.{1,2})\1+.?$/su;
const max_repeated = 20;

/**
 * Returns whether the password is among the first that anybody would guess: one of the list in any case, one of the
 * list followed by up to four digits or signs, or one or two characters repeated.
 */
export async function isCommon(password: string): Promise<boolean> {
  const text = password.normalize('NFC').toLowerCase();
  if (text.length <= max_repeated && few_distinct.test(text)) return true;
  const list = await (common ??= loadCommon());
  const ending = /[^\p{L}]{0,4}$/u.exec(text)?.[0].length ?? 0;
  for (let cut = 0; cut <= ending; cut++) if (list.has(text.slice(0, text.length - cut))) return true;
  return false;
}

function refuse(pointer: string, detail: string): never {
  throw new BatonError('validation_failed', { errors: [{ pointer, detail }] });
}

/** Throws `validation_failed` for a common password. */
export async function requireUncommon(password: string, pointer: string): Promise<void> {
  if (await isCommon(password)) refuse(pointer, 'This password is one of the most common. Choose another one.');
}

/** Throws `validation_failed` for a password that is the account's e-mail address. */
export function requireNotEmail(password: string, email: string, pointer: string): void {
  if (password.toLowerCase() === email) refuse(pointer, 'A password must not be the e-mail address.');
}
