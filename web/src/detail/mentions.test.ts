import { describe, expect, test } from 'vitest';
import { askedIn, fragmentAt, mentionedIn, withIds, withNames, writtenAs } from './mentions.ts';

const ada = '01990000-0000-7000-8000-00000000000a';
const love = '01990000-0000-7000-8000-00000000000b';
const other = '01990000-0000-7000-8000-00000000000c';
const people = [
  { user_id: ada, name: 'Ada', email: 'ada@example.com' },
  { user_id: love, name: 'Ada Lovelace', email: 'love@example.com' },
];
const namesake = { user_id: other, name: 'Ada', email: 'other@example.com' };
const nameOf = (id: string) => people.find(({ user_id }) => user_id === id)?.name;

describe('mentions', () => {
  test('are typed as names, sent as ids, and shown as names again', () => {
    const written = 'Ask @Ada Lovelace, or @Ada. (@Ada)';
    const sent = `Ask @${love}, or @${ada}. (@${ada})`;
    expect(withIds(written, people)).toBe(sent);
    expect(withNames(sent, nameOf)).toBe(written);
    expect(mentionedIn(sent)).toEqual([love, ada]);
  });

  test('are looked up by the text between an @ and the caret', () => {
    expect(fragmentAt('Hi @gra', 7)).toEqual({ text: 'gra', start: 3, end: 7 });
    expect(fragmentAt('Hi @Grace Ho and', 12)).toEqual({ text: 'Grace Ho', start: 3, end: 12 });
    expect(fragmentAt('@', 1)).toEqual({ text: '', start: 0, end: 1 });
    expect(fragmentAt('ada@example', 11)).toBeUndefined();
    expect(fragmentAt('Hi @Grace Hopper is', 19)).toBeUndefined();
  });

  test('are separate words', () => {
    expect(withIds('mail@Ada, @Adam and @@Ada', people)).toBe('mail@Ada, @Adam and @@Ada');
    expect(mentionedIn(`x@${ada} @${ada}-1`)).toEqual([]);
  });

  test('of a name that several people have mean the one whose address is given, or who was mentioned before', () => {
    const three = [...people, namesake];
    expect(withIds('@Ada', three)).toBe('@Ada');
    expect(withIds('@Ada', [...people, ...people])).toBe(`@${ada}`);
    expect([writtenAs(namesake, three), writtenAs(namesake, [namesake])]).toEqual(['Ada (other@example.com)', 'Ada']);
    expect(withIds('@Ada (other@example.com), @Ada (ada@example.com)!', three)).toBe(`@${other}, @${ada}!`);
    expect(withIds('@Ada again', three, [namesake])).toBe(`@${other} again`);
    expect(withIds('@Ada', three, three)).toBe('@Ada');
    expect(withIds('@Gone', people, [{ user_id: other, name: 'Gone', email: null }])).toBe(`@${other}`);
  });

  test('are looked up by the words after each @', () => {
    expect(askedIn('Hi @Grace Hopper, and @Ada!')).toEqual(['Grace', 'Grace Hopper', 'Ada']);
    expect(askedIn(`mail@example.com @ ${'@a@b '.repeat(3)}`)).toEqual(['a']);
    expect(askedIn(Array.from({ length: 40 }, (_, n) => `@n${n}`).join())).toHaveLength(10);
  });

  test('of unknown people stay as they are', () => {
    expect(withNames(`@${other}`, nameOf)).toBe(`@${other}`);
    expect(withIds('@Ada', [])).toBe('@Ada');
  });

  test('are shown as the page wants', () => {
    expect(withNames(`Hi @${ada}! @${other}`, nameOf, (name) => `<${name}>`)).toBe(`Hi <@Ada>! @${other}`);
  });
});
