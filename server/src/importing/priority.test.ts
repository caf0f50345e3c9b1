import { expect, test } from 'vitest';
import { ratePriorities } from './priority.ts';

function rated(...names: string[]) {
  return Object.fromEntries(
    [...ratePriorities(names)].map(([name, { priority, label }]) => [name, label ? `${priority}+` : priority]),
  );
}

test('each tracker’s priorities are mapped, and those that share a priority or have none become labels', () => {
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
  expect(rated('critical', 'serious', 'non-critical')).toEqual({
    critical: 'high',
    serious: 'high+',
    'non-critical': 'low',
  });
  expect(rated('Unbreak Now!', 'Not urgent', 'Unimportant')).toEqual({
    'Unbreak Now!': 'urgent',
    'Not urgent': 'low',
    Unimportant: 'low+',
  });
  expect(rated('wichtig', '')).toEqual({ wichtig: 'none+', '': 'none+' });
});

test('a number in a name decides, 1 being the worst, unless the words say that 1 is the least', () => {
  expect(rated('3 - Moderate', '2 - High', '1 - Critical', '4 - Low')).toEqual({
    '3 - Moderate': 'medium',
    '2 - High': 'high',
    '1 - Critical': 'urgent',
    '4 - Low': 'low',
  });
  expect(rated('1 - Low', '2 - Medium', '3 - High', '4 - Urgent')).toEqual({
    '1 - Low': 'low',
    '2 - Medium': 'medium',
    '3 - High': 'high',
    '4 - Urgent': 'urgent',
  });
  expect(rated('Sev-1', 'Priority 2')).toEqual({ 'Sev-1': 'urgent', 'Priority 2': 'high' });
  expect(rated('Highest', 'High', 'Medium', 'Low', 'Lowest')).toEqual({
    Highest: 'urgent',
    High: 'high',
    Medium: 'medium',
    Low: 'low',
    Lowest: 'low+',
  });
});
