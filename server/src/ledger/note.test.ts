import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { leafHash, isConsistent, rootByInclusion } from './merkle.ts';
import {
  cosignature,
  isSignedBy,
  logSigner,
  type Note,
  parseCheckpoint,
  parseNote,
  parseVerifier,
  printed,
  signedNote,
  signingKey,
  textOf,
  witnessSigner,
} from './note.ts';
import { parseTile, tilePath } from './tiles.ts';

interface Example {
  vkey: string;
  wkey: string;
  checkpoint: string;
  index: number;
  leaf: string;
  entry: string;
  proof: string[];
  root: string;
  size: number;
  old_size: number;
  old_root: string;
  consistency: string[];
}

// A log of five entries, whose key's seed is 32 bytes of 1.
// golang.org/x/mod/sumdb and @sigstore/verify have accepted it.
const file = path.join(import.meta.dirname, 'vectors/example.json');
const example = JSON.parse(readFileSync(file, 'utf8')) as Example;
const bytes = (text: string) => Buffer.from(text, 'base64');
const log = logSigner(example.vkey.split('+', 1)[0] ?? '', signingKey(Buffer.alloc(32, 1)));
const own_line = example.checkpoint.split('\n').slice(0, -2).join('\n');
const note = parseNote(example.checkpoint) as Note;

test('a checkpoint and its signature are the ones that other programs have computed', () => {
  expect(printed(log)).toBe(example.vkey);
  const checkpoint = { origin: log.name, size: example.size, root: bytes(example.root) };
  expect(signedNote(checkpoint, log)).toBe(`${own_line}\n`);
  expect(parseCheckpoint(note.text)).toEqual(checkpoint);
  expect(textOf(checkpoint)).toBe(note.text);
});

test('the signatures of a log and of a witness are valid under their own key and text only', () => {
  expect([example.vkey, example.wkey].map((key) => isSignedBy(note, parseVerifier(key)))).toEqual([true, true]);
  const other = logSigner(log.name, signingKey(Buffer.alloc(32, 2)));
  expect(isSignedBy(note, other)).toBe(false);
  expect(isSignedBy({ ...note, text: note.text.replace('\n5\n', '\n6\n') }, log)).toBe(false);
  const [first] = note.signatures;
  const forged = { name: log.name, id: log.id.toString('hex'), bytes: Buffer.alloc(64) };
  expect(isSignedBy({ ...note, signatures: first === undefined ? [] : [first, forged] }, log)).toBe(false);
});

test('a witness’s cosignature contains its time, and is invalid for another time', () => {
  const witness = witnessSigner('witness.example', signingKey(Buffer.alloc(32, 3)));
  const cosigned = (line: string) => parseNote(`${own_line}\n${line}`) as Note;
  expect(isSignedBy(cosigned(cosignature(note.text, witness, 1_800_000_000)), witness)).toBe(true);
  const moved = Buffer.from(cosignature(note.text, witness, 1_800_000_000).trim().split(' ')[2] ?? '', 'base64');
  moved.writeUInt8(1, 11);
  expect(isSignedBy(cosigned(`\u2014 ${witness.name} ${moved.toString('base64')}\n`), witness)).toBe(false);
});

test('the example’s proofs of an entry and of an earlier tree are valid', () => {
  const { index, size, root, old_size: old, old_root } = example;
  const leaf = leafHash(example.entry);
  expect(leaf).toEqual(bytes(example.leaf));
  expect(rootByInclusion({ index, size, leaf }, example.proof.map(bytes))).toEqual(bytes(root));
  const grown = { old, old_root: bytes(old_root), size, root: bytes(root) };
  expect(isConsistent(grown, example.consistency.map(bytes))).toBe(true);
});

test.each(['', 'no note', 'a\n\nb\n', '\n\n\u2014 a AAAA\n', 'a\n\n\u2014 a AAAAAA\n', 'a\n\n\u2014 a AAAAAAB=\n'])(
  'an invalid note is not parsed: %j',
  (text) => {
    expect(parseNote(text)).toBeUndefined();
  },
);

test.each(['a', 'a+00000000+AAAA', example.vkey.replace('+c4517eae', '+c4517eaf')])(
  'an invalid key is refused: %s',
  (text) => {
    expect(() => parseVerifier(text)).toThrow(/key/);
  },
);

test.each([
  ['000', { index: 0, width: 256 }],
  ['067.p/17', { index: 67, width: 17 }],
  ['x001/x234/067', { index: 1_234_067, width: 256 }],
  ['x001/000.p/255', { index: 1_000, width: 255 }],
])('a tile’s path is parsed and printed the same: %s', (text, tile) => {
  expect(parseTile(text)).toEqual(tile);
  expect(tilePath(tile)).toBe(text);
});

test.each(['', '1', '0067', 'x000/067', '067.p/0', '067.p/256', '067.p/012', '067/', '067.p', 'x001/x067'])(
  'an invalid path of a tile is not parsed: %j',
  (text) => {
    expect(parseTile(text)).toBeUndefined();
  },
);
