import { tile_width } from './merkle.ts';

// The paths of a log's tiles in C2SP's tlog-tiles: `067`, `x001/x234/067`,
// and with `.p/17` at the end if a tile is partial.

/** A run of `width` hashes or entries: the `index`th tile of its level. */
export interface Tile {
  index: number;
  width: number;
}

/** The form of a tile's path. */
export const tile_form = /^((?:x\d{3}\/){0,4})(\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads a tile's path. Returns undefined if it isn't one, or isn't in the canonical form. */
export function parseTile(path: string): Tile | undefined {
  const [, above = '', last = '', width] = tile_form.exec(path) ?? [];
  if (last === '' || above.startsWith('x000')) return undefined;
  const tile = { index: Number(above.replaceAll(/[x/]/g, '') + last), width: Number(width ?? tile_width) };
  return width !== undefined && tile.width >= tile_width ? undefined : tile;
}

/** Returns the path of a tile. */
export function tilePath({ index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === tile_width ? path : `${path}.p/${width}`;
}
