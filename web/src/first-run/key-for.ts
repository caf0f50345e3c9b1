/**
 * Derives a project's key from its name: the first letters of its words, or of its only word. `Engineering` gives ENG.
 */
export function keyFor(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toUpperCase();
  // A key begins with a letter, and has at least two characters.
  const words = plain
    .split(/[^A-Z0-9]+/)
    .map((word) => word.replace(/^[0-9]+/, ''))
    .filter((word) => word !== '');
  const [first = ''] = words;
  const letters = words.map((word) => word[0]).join('');
  const key = words.length > 1 ? letters.slice(0, 10) : first.slice(0, 3);
  return key.length < 2 ? '' : key;
}
