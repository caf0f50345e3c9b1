import type { Flow, Workflow } from 'baton-sdk';

/** One status through a period: how many tickets were in it, and where it lies among the others. */
export interface Band {
  status: string;
  name: string;
  category: string;
  values: readonly number[];
  /** What lies below it, and it with that, in each bucket. */
  below: readonly number[];
  top: readonly number[];
}

/** What is done lies at the bottom, what has not begun at the top: so the width between is the work in progress. */
const layers = ['done', 'waiting', 'in_progress', 'todo'];

/** The statuses of a flow as bands, the lowest first. Those without a ticket in the whole period are left out. */
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

/** The outline of an area between two lines, as the path of an SVG. */
export const areaPath = (top: readonly Point[], bottom: readonly Point[]): string =>
  `M${lineOf(top)}L${lineOf(bottom.toReversed())}Z`;

export const linePath = (points: readonly Point[]): string => `M${lineOf(points)}`;
