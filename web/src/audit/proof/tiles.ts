import { type Hash, hash_bytes, type Place, type Reader, tile_width } from './merkle.ts';

/** Loads the concatenated hashes of a tile. */
export type LoadTile = (level: number, tile: string) => Promise<Uint8Array>;

/**
 * Returns the path of a tile in the format of C2SP’s tlog-tiles: `067`, `x001/x234/067`, with `.p/17` appended for a
 * partial tile.
 */
export function tilePath(index: number, width: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, n) => (n < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === tile_width ? path : `${path}.p/${width}`;
}

/** Returns a reader of a tree of this size. It loads each tile once. */
export function tileReader(size: number, load: LoadTile): Reader {
  const tiles = new Map<string, Promise<Uint8Array>>();
  const tileOf = ({ level, position }: Place) => {
    const index = Math.floor(position / tile_width);
    const width = Math.min(tile_width, Math.floor(size / tile_width ** level) - index * tile_width);
    const path = tilePath(index, width);
    const known = tiles.get(`${level}/${path}`) ?? load(level, path);
    tiles.set(`${level}/${path}`, known);
    return known;
  };
  return (places) =>
    Promise.all(
      places.map(async (place): Promise<Hash> => {
        const at = (place.position % tile_width) * hash_bytes;
        const hash = new Uint8Array((await tileOf(place)).slice(at, at + hash_bytes));
        if (hash.length !== hash_bytes) throw new Error(`A tile has no hash ${place.level}/${place.position}.`);
        return hash;
      }),
    );
}
