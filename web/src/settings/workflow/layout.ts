import type { Definition } from './definition.ts';

export const node_width = 112;
export const node_height = 36;
const apart = node_width + 28;
const half_width = node_width / 2;
const half_height = node_height / 2;
/** The space for an arrowhead, in pixels. */
const head = 3;

interface Node {
  key: string;
  /** The horizontal centre. */
  x: number;
}

interface Edge {
  from: string;
  to: string;
  path: string;
}

interface Layout {
  nodes: Node[];
  edges: Edge[];
  width: number;
  above: number;
  below: number;
}

/** The control height of an arc; longer arcs are higher. */
const heightOf = (far: number) => 12 + 12 * far;
/** The part of that height which the curve really reaches. */
const curved = 0.75;

/**
 * Returns the path of an arrow: straight to the next status, otherwise an arc, above the row for forward and below it
 * for back.
 */
function pathOf(from: number, to: number): string {
  const way = Math.sign(to - from);
  const far = Math.abs(to - from);
  const [start, end] = [from, to].map((place) => half_width + place * apart) as [number, number];
  if (far === 1 && way > 0) return `M${start + half_width} 0H${end - half_width - head}`;
  const side = Math.min(8 + 7 * far, half_width - 12);
  const [x1, x2] = [start + way * side, end - way * side];
  const [y1, y2] = [-way * half_height, -way * (half_height + head)];
  const y = -way * (half_height + heightOf(far));
  return `M${x1} ${y1}C${x1 + way * 16} ${y} ${x2 - way * 16} ${y} ${x2} ${y2}`;
}

/** Returns where a workflow's picture places its statuses and arrows. */
export function layoutOf(
  { statuses }: Pick<Definition, 'statuses'>,
  steps: readonly { from: string; to: string }[],
): Layout {
  const places = new Map(statuses.map(({ key }, place) => [key, place]));
  const edges: Edge[] = [];
  const farthest = { above: 0, below: 0 };
  for (const { from, to } of steps) {
    const [start, end] = [places.get(from), places.get(to)];
    if (start === undefined || end === undefined || start === end) continue;
    edges.push({ from, to, path: pathOf(start, end) });
    if (end > start + 1) farthest.above = Math.max(farthest.above, end - start);
    if (end < start) farthest.below = Math.max(farthest.below, start - end);
  }
  const room = (far: number) => half_height + 10 + (far === 0 ? 0 : heightOf(far) * curved);
  return {
    nodes: statuses.map(({ key }, place) => ({ key, x: half_width + place * apart })),
    edges,
    width: Math.max(1, statuses.length) * apart - (apart - node_width),
    above: room(farthest.above),
    below: room(farthest.below),
  };
}
