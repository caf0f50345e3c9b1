import { Wire } from '../harness/wire.ts';
import { quantile } from '../prove/stage.ts';
import type { Place } from './seed.ts';
import type { Target } from './targets.ts';

/**
 * How the time of a list depends on the size of its workspace and the depth of the page. Medians in ms, one request at a time.
 */
export interface Scale {
  sizes: { tickets: number; p50_ms: number }[];
  first_page_ms: number;
  deep_page_ms: number;
  deep_page: number;
}

const samples = 400;

/** Times requests in turn, so that other load on the machine affects all of them equally. */
async function timeInTurn(wire: Wire, token: string, paths: readonly string[]): Promise<number[]> {
  const times: number[][] = paths.map(() => []);
  for (let n = 0; n < samples; n++) {
    for (const [index, path] of paths.entries()) {
      const start = performance.now();
      const { status } = await wire.send({ method: 'GET', path, token });
      if (status !== 200) throw new Error(`${path} responded ${status}.`);
      times[index]?.push(performance.now() - start);
    }
  }
  return times.map((each) => quantile(each, 0.5));
}

const listOf = ({ workspace_id }: Place) => `/v1/workspaces/${workspace_id}/tickets?status=open&limit=50`;

/** The path of the page at this depth. */
async function walk(wire: Wire, token: string, list: string, pages: number): Promise<string> {
  let path = list;
  for (let page = 1; page < pages; page++) {
    const { text } = await wire.send({ method: 'GET', path, token });
    const { next_cursor } = JSON.parse(text) as { next_cursor: string | null };
    if (next_cursor === null) throw new Error(`The list ends at page ${page}.`);
    path = `${list}&cursor=${next_cursor}`;
  }
  return path;
}

/** Compares the smallest with the largest place, and in the largest the first page with a deep one. */
export async function measureScale(target: Target, places: readonly Place[], deep_page: number): Promise<Scale> {
  const wire = new Wire(target.url, 1);
  const largest = places.at(-1);
  if (largest === undefined) throw new Error('There is no place to list.');
  const { token } = target;
  const deep = await walk(wire, token, listOf(largest), deep_page);
  const medians = await timeInTurn(wire, token, places.map(listOf));
  const [first_page_ms = 0, deep_page_ms = 0] = await timeInTurn(wire, token, [listOf(largest), deep]);
  wire.close();
  const sizes = places.map(({ tickets }, index) => ({ tickets, p50_ms: medians[index] ?? 0 }));
  return { sizes, first_page_ms, deep_page_ms, deep_page };
}
