// The form in which text is stored. Two encodings of one text must become the same, because labels, names and filters
// are compared by bytes.

const beyond_latin = /[\u0300-\uffff]/;
/** The longest run of combining marks: the bound of Unicode's Stream-Safe Text Format (UAX #15). */
const too_many_marks = /\p{M}{31}/u;

/** Why text can't be stored: PostgreSQL has no NUL, and UTF-8 no lone surrogate. Undefined if it can. */
export function textFault(text: string): string | undefined {
  if (text.includes('\0') || !text.isWellFormed()) return 'Text must not contain NUL or unpaired surrogates.';
  // Normalizing sorts the marks on a letter in quadratic time: 80,000 of them took 16 seconds.
  if (too_many_marks.test(text)) return 'Text must not have more than 30 combining marks in a row.';
  return undefined;
}

/** Text in Unicode's composed form, NFC, with LF for line ends, as it is stored and compared. */
export function normalText(text: string): string {
  const lines = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  // Text below U+0300 is composed already, and checking for that takes a hundredth of the time of normalizing.
  return beyond_latin.test(lines) && textFault(lines) === undefined ? lines.normalize('NFC') : lines;
}

/**
 * The bytes of JSON for a UTF-16 unit of a well-formed text. Each half of a surrogate pair counts for two of the pair's
 * four.
 */
function jsonBytesOfUnit(unit: number): number {
  if (unit < 0x20) return unit >= 8 && unit <= 13 && unit !== 11 ? 2 : 6; // \b \t \n \f \r, or \u0001
  if (unit < 0x80) return unit === 0x22 || unit === 0x5c ? 2 : 1;
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
}

/**
 * The bytes of a well-formed text in JSON, without its quotes. They are counted without creating the JSON, which would
 * take ten times as long.
 */
export function jsonBytesOf(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) bytes += jsonBytesOfUnit(text.charCodeAt(at));
  return bytes;
}

const plain_line = /^[\x20-\x7e\xa1-\xac\xae-\xff]*$/;
const visible = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;
const control = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const override = /[\u202a-\u202e\u2066-\u2069]/;
/** Signs that are shown, though Unicode counts them among the format characters. */
const shown_format = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{13430}-\u{1343f}]/u;
const filler = /[\p{Cf}\u115f\u1160\u3164\uffa0]/u;
/** Zero-width space, non-joiner and joiner, which many scripts and most emoji can't be written without. */
const joiner = /[\u200b-\u200d]/;
const joins = /[\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]/u;
const direction_mark = /[\u061c\u200e\u200f]/;
const right_to_left =
  /(?!\u061c)[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
/** The characters that spell the flags of England, Scotland and Wales. */
const tag = /[\u{e0020}-\u{e007f}]/u;
const tagged = /[\u{1f3f4}\u{e0020}-\u{e007e}]/u;
const selector = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const cased = /[\p{Lu}\p{Ll}\p{Lt}\p{Z}]/u;
const pictograph = /\p{Extended_Pictographic}/u;

/** Whether nothing of a text can be seen. */
export const isBlank = (text: string) => !visible.test(text);

/** Whether an invisible character has a purpose after the character before it. */
function isOfUse(character: string, before: string, line: string): boolean {
  if (joiner.test(character)) return joins.test(before);
  if (direction_mark.test(character)) return right_to_left.test(line);
  if (tag.test(character)) return tagged.test(before);
  if (selector.test(character)) return before !== '' && (!cased.test(before) || pictograph.test(before));
  return false;
}

function characterFault(character: string, before: string, line: string): string | undefined {
  if (control.test(character)) return 'must not contain line ends, tabs or other control characters';
  if (override.test(character)) return 'must not contain characters that change the direction of the text';
  if (shown_format.test(character) || !(filler.test(character) || selector.test(character))) return undefined;
  return isOfUse(character, before, line) ? undefined : 'must not contain invisible characters';
}

function* charactersOf(line: string): Generator<{ character: string; fault: string | undefined }> {
  let before = '';
  for (const character of line) {
    const fault = characterFault(character, before, line);
    yield { character, fault };
    // An importer replaces a control character with a space, and leaves out what else is refused.
    if (fault === undefined) before = character;
    else if (control.test(character)) before = ' ';
  }
}

/**
 * Why text isn't one line that shows all of its contents; undefined if it is. Titles, labels and names appear in lists,
 * logs, terminals and mails. There a line end, a direction override or an invisible character makes one look like
 * another, or hides what follows.
 */
export function lineFault(line: string): string | undefined {
  const storable = textFault(line);
  if (storable !== undefined || plain_line.test(line)) return storable;
  for (const { character, fault } of charactersOf(line)) {
    if (fault === undefined) continue;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `A line ${fault}: U+${code}.`;
  }
  return isBlank(line) ? 'A line must contain something that can be seen.' : undefined;
}

/** The text as it can be stored, for importers: without NUL, unpaired surrogates and marks beyond the bound. */
export function toText(text: string): string {
  const storable = text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '');
  return normalText(storable.replaceAll(/\p{M}{31,}/gu, (marks) => Array.from(marks).slice(0, 30).join('')));
}

/**
 * The text as a line, for importers: with a space for each control character, and without anything else that a line
 * can't have.
 */
export function toLine(text: string): string {
  let line = '';
  for (const { character, fault } of charactersOf(toText(text))) {
    if (fault === undefined) line += character;
    else if (control.test(character)) line += ' ';
  }
  line = normalText(line).trim();
  // a mark now follows another character, which may make what follows invalid
  return line === text ? line : toLine(line);
}
