import { describe, expect, test } from 'vitest';
import { and, join, prepare, sql } from './sql.ts';

const textOf = (statement: ReturnType<typeof sql>) => prepare(statement).text;

describe('a statement', () => {
  test('numbers its values in order, including those of nested fragments', () => {
    const inner = sql`b = ${2} and c = ${3}`;
    const { text, values } = prepare(sql`select ${1} where ${inner} or d = ${4}`);
    expect(text).toBe('select $1 where b = $2 and c = $3 or d = $4');
    expect(values).toEqual([1, 2, 3, 4]);
  });

  test('has one name for one text, whatever its values', () => {
    const find = (id: number) => prepare(sql`select ${id} from here`);
    expect(find(1).name).toBeDefined();
    expect(find(2).name).toBe(find(1).name);
    expect(find(2).values).toEqual([2]);
  });

  test('has another text if its template has other fragments', () => {
    const where = (condition: ReturnType<typeof sql>) => sql`select 1 where ${condition} limit ${5}`;
    expect(textOf(where(sql`a = ${1}`))).toBe('select 1 where a = $1 limit $2');
    expect(textOf(where(sql`b is null`))).toBe('select 1 where b is null limit $1');
    expect(textOf(where(sql`a = ${7}`))).toBe('select 1 where a = $1 limit $2');
  });

  test('can be joined from any number of fragments', () => {
    expect(textOf(and([sql`a = ${1}`, sql`b`, sql`c = ${2}`]))).toBe('a = $1 and b and c = $2');
    expect(textOf(join([], sql`, `))).toBe('');
  });

  test('treats an object that imitates a fragment as a value', () => {
    const forged = { shape: { strings: ['; drop table users'], next: new Map() }, values: [] };
    const { text, values } = prepare(sql`select ${forged}`);
    expect(text).toBe('select $1');
    expect(values).toEqual([forged]);
  });
});
