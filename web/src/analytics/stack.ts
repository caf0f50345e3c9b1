import type { Flow, Workflow } from 'baton-sdk';

/** One status over a period: how many tickets were in it, and where its area lies in the stack. */
export interface Band {
  status: string;
  name: string;
  category: string;
  values: readonly number[];
  /** For each bucket, the total of the bands below, and that total plus this band’s own value. */
  below: readonly number[];
  top: readonly number[];
}

/**
 * Done statuses are at the bottom and statuses of work not begun are at the top, so the width between them is the work
 * in progress.
 */
const layers = ['done', 'waiting', 'in_progress', 'todo'];

/**
 * Returns the statuses of a flow as bands, lowest first. Statuses that had no ticket in the whole period are left out.
 */
export function bandsOf({ buckets }: Pick<Flow, 'buckets'>, workflow: Workflow | undefined): Band[] {
  const found = new Map<string, string>();
  for (const { at_end } of buckets)
    for (const { status, category, tickets } of at_end) if (tickets > 0) found.set(status, category);
  const order = workflow?.statuses.map(({ key }) => key) ?? [];
  const nameOf = (key: string) =>
    workflow?.statuses.find((status) => status.key === key)?.name ?? key.replaceAll('_', ' ');
  const sorted = [...found].toSorted(
    ([a, of_a], [b, of_b]) => layers.indexOf(of_a) - layers.indexOf(of_b) || order.indexOf(b) - order.indexOf(a),
  );
  let below = buckets.map(() => 0);
  return sorted.map(([status, category]) => {
    const values = buckets.map(({ at_end }) => at_end.find((one) => one.status === status)?.tickets ?? 0);
    const band = {
      status,
      name: nameOf(status),
      category,
      values,
      below,
      top: values.map((n, i) => n + (below[i] ?? 0)),
    };
    below = band.top;
    return band;
  });
}

type Point = readonly [x: number, y: number];

const lineOf = (points: readonly Point[]) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L');

/** Returns the SVG path that outlines the area between two lines. */
export const areaPath = (top: readonly Point[], bottom: readonly Point[]): string =>
  `M${lineOf(top)}L${lineOf(bottom.toReversed())}Z`;

export const linePath = (points: readonly Point[]): string => `M${lineOf(points)}`;
