import { t } from '../ui/text.ts';

export interface Status {
  key: string;
  name: string;
  category: string;
}

/** A workflow that a project can start with, for the picture. A test compares it with the server’s. */
export interface Preset {
  name: 'standard' | 'strict';
  title: string;
  says: string;
  statuses: Status[];
  /** The pairs of statuses that a ticket can move between. */
  steps: (readonly [from: string, to: string])[];
}

const between = (from: readonly string[], to: readonly string[]) => from.flatMap((a) => to.map((b) => [a, b] as const));

/** Returns the presets, the most usual first. */
export function presets(): Preset[] {
  const open = { key: 'open', name: t('Open'), category: 'todo' };
  const in_progress = { key: 'in_progress', name: t('In progress'), category: 'in_progress' };
  const waiting = { key: 'waiting', name: t('Waiting'), category: 'waiting' };
  const resolved = { key: 'resolved', name: t('Resolved'), category: 'done' };
  const closed = { key: 'closed', name: t('Closed'), category: 'done' };
  const active = ['open', 'in_progress'];
  const done = ['resolved', 'closed'];
  return [
    {
      name: 'standard',
      title: t('Standard'),
      says: t('Tickets can wait, go back, be reopened, and be closed from anywhere. Being done needs a reason.'),
      statuses: [open, in_progress, waiting, resolved, closed],
      steps: [
        ['open', 'in_progress'],
        ['in_progress', 'open'],
        ['resolved', 'closed'],
        ...between(active, ['waiting']),
        ...between(['waiting'], active),
        ...between([...active, 'waiting'], done),
        ...between(done, active),
      ],
    },
    {
      name: 'strict',
      title: t('Strict'),
      says: t('One way: every ticket passes every stage, and none goes back.'),
      statuses: [open, in_progress, resolved, closed],
      steps: [
        ['open', 'in_progress'],
        ['in_progress', 'resolved'],
        ['resolved', 'closed'],
      ],
    },
  ];
}
