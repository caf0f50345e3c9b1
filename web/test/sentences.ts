import { type CallExpression, type JSXAttribute, parseSync, Visitor } from 'oxc-parser';
import type { Source } from './house.ts';

/** The attributes whose texts people read or hear. */
const spoken = ['aria-label', 'aria-description', 'title', 'alt', 'placeholder', 'label', 'hint', 'says'];

const has_letters = /\p{L}{2}/u;

/** Returns the names between braces in a sentence in ICU's format. */
const namesIn = (sentence: string) =>
  [...new Set([...sentence.matchAll(/\{\s*([a-z_]+)\s*[,}]/g)].map(([, name = '']) => name))].toSorted();

/**
 * Returns what is wrong with a call of `t`. Catalogs are extracted from the source, so the sentence must be a literal.
 */
function faultOf({ arguments: [sentence, values] }: CallExpression, text: string): string | undefined {
  if (sentence?.type !== 'Literal' || typeof sentence.value !== 'string')
    return 'is given something other than a sentence';
  if (/'/.test(sentence.value)) return 'has a straight apostrophe, which quotes in ICU’s format: write ’';
  if (sentence.value.includes('Ctrl+')) return 'names a key that differs on a Mac: use shownKeys';
  if (values !== undefined && values.type !== 'ObjectExpression') return 'is given values without their names';
  const given = (values?.properties ?? []).flatMap((one) =>
    one.type === 'Property' ? [text.slice(one.key.start, one.key.end)] : ['…'],
  );
  const names = namesIn(sentence.value);
  return names.join() === given.toSorted().join() ? undefined : `names ${names.join()}, but gets ${given.join()}`;
}

const nameOf = ({ name }: JSXAttribute) =>
  name.type === 'JSXNamespacedName' ? `${name.namespace.name}:${name.name.name}` : name.name;

/** Returns the texts on the screen that don't use `t`, or that no catalog could contain. */
export function untranslated({ file, text }: Source): string[] {
  if (!/\.tsx?$/.test(file) || /\.test\.tsx?$/.test(file)) return [];
  const found: string[] = [];
  const tell = (start: number, says: string) => {
    found.push(`${file}:${text.slice(0, start).split('\n').length} ${says}`);
  };
  new Visitor({
    CallExpression: (call) => {
      if (call.callee.type !== 'Identifier' || call.callee.name !== 't') return;
      const fault = faultOf(call, text);
      if (fault !== undefined) tell(call.start, `a sentence ${fault}`);
    },
    JSXText: ({ start, value }) => {
      if (has_letters.test(value)) tell(start, `the text ${value.trim()} is in no catalog`);
    },
    JSXAttribute: (attribute) => {
      const { value } = attribute;
      if (value?.type !== 'Literal' || typeof value.value !== 'string') return;
      if (spoken.includes(nameOf(attribute)) && has_letters.test(value.value))
        tell(attribute.start, `the ${nameOf(attribute)} ${value.value} is in no catalog`);
    },
  }).visit(parseSync(file, text).program);
  return found;
}
