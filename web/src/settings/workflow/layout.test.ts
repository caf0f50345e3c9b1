import { expect, test } from 'vitest';
import { layoutOf, node_height, node_width } from './layout.ts';

const statuses = ['a', 'b', 'c', 'd'].map((key) => ({ key, name: key, category: 'todo' }));

test('each step is one arrow, except the steps of missing statuses', () => {
  const steps = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
    { from: 'a', to: 'd' },
    { from: 'a', to: 'x' },
  ];
  const { edges, nodes } = layoutOf({ statuses }, steps);
  expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'b a', 'a d']);
  expect(nodes.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  expect(edges.filter(({ path }) => /NaN|undefined/.test(path))).toEqual([]);
  expect(new Set(edges.map(({ path }) => path)).size).toBe(3);
});

test('the picture has room for its statuses and its longest arcs', () => {
  const near = layoutOf({ statuses }, [{ from: 'a', to: 'b' }]);
  expect(near.width).toBeGreaterThan(4 * node_width);
  expect(near.above).toBe(near.below);
  expect(near.above).toBeGreaterThan(node_height / 2);
  const far = layoutOf({ statuses }, [
    { from: 'a', to: 'd' },
    { from: 'c', to: 'b' },
  ]);
  expect(far.above).toBeGreaterThan(far.below);
  expect(far.below).toBeGreaterThan(near.below);
});

test('a workflow without statuses still has a picture', () => {
  expect(layoutOf({ statuses: [] }, []).width).toBeGreaterThan(0);
});
