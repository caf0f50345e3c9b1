/** A key for a project's name: the first letters of its words, or of its only one. `Engineering` gives ENG. */
export function keyFor(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();
  const words = plain.split(/[^A-Z0-9]+/).filter((word) => word !== '');
  const letters = words.length > 1 ? words.map((word) => word[0]).join('') : (words[0] ?? '').slice(0, 3);
  // A key begins with a letter, and has at least two.
  const key = letters.replace(/^[0-9]+/, '').slice(0, 10);
  return key.length < 2
    ? words
        .join('')
        .replace(/^[0-9]+/, '')
        .slice(0, 3)
    : key;
}
