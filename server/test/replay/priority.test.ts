import { expect, test } from 'vitest';
import { ratePriorities } from './priority.ts';

function rated(...names: string[]) {
  return Object.fromEntries(
    [...ratePriorities(names)].map(([name, { priority, label }]) => [name, label ? `${priority}+` : priority]),
  );
}

test('each tracker’s words find their place; those that share one, or have none, keep their name as a label', () => {
  expect(rated('minor', 'major', 'blocker', 'critical', 'trivial', 'undecided')).toEqual({
    minor: 'low',
    major: 'medium',
    blocker: 'urgent',
    critical: 'high',
    trivial: 'low+',
    undecided: 'none',
  });
  expect(rated('P3', 'P1', 'P2', 'P5', 'P4')).toEqual({
    P3: 'medium',
    P1: 'urgent',
    P2: 'high',
    P5: 'low',
    P4: 'low+',
  });
  expect(rated('Normal', 'Low', 'High', 'Urgent', 'Immediate')).toEqual({
    Normal: 'medium',
    Low: 'low',
    High: 'high',
    Urgent: 'urgent',
    Immediate: 'urgent+',
  });
  expect(rated('wichtig', '')).toEqual({ wichtig: 'none+', '': 'none+' });
});
