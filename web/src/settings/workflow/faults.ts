import { t } from '../../ui/text.ts';
import { type Definition, most, statusIn, stepIn } from './definition.ts';

/** Something in a workflow that the server would refuse. */
export interface Fault {
  /** The status or step that the fault is about; undefined for the whole workflow. */
  at: { status: string } | { from: string; to: string } | undefined;
  says: string;
}

/** Returns the statuses that no ticket can reach. */
export function unreachable({ statuses, initial, transitions }: Definition): string[] {
  const reached = new Set(initial);
  // Iterating over a Set also visits elements that are added during the iteration.
  for (const status of reached) {
    for (const { from, to } of transitions) if (from === status) reached.add(to);
  }
  return statuses.map(({ key }) => key).filter((key) => !reached.has(key));
}

const longest_name = 80;

function nameFaults({ statuses }: Definition): Fault[] {
  return statuses.flatMap(({ key, name }) => {
    const length = name.trim().length;
    if (length === 0) return [{ at: { status: key }, says: t('A status needs a name.') }];
    return length > longest_name ? [{ at: { status: key }, says: t('A name has at most 80 characters.') }] : [];
  });
}

function countFaults({ statuses, initial, resolutions }: Definition): Fault[] {
  const faults: string[] = [];
  if (statuses.length === 0) faults.push(t('A workflow needs a status.'));
  if (statuses.length > most) faults.push(t('A workflow has at most {most} statuses.', { most }));
  if (resolutions.length > most) faults.push(t('A workflow has at most {most} resolutions.', { most }));
  if (initial.length === 0) faults.push(t('Tickets need a status to begin in: tick one.'));
  return faults.map((says) => ({ at: undefined, says }));
}

function stepFaults(definition: Definition): Fault[] {
  const needing = definition.transitions.filter(({ requires }) => requires.includes('resolution'));
  return definition.resolutions.length > 0
    ? []
    : needing.map(({ from, to }) => ({
        at: { from, to },
        says: t('{from} → {to} needs a resolution, and there is none to choose. Add one, or need none.', {
          from: statusIn(definition, from)?.name ?? from,
          to: statusIn(definition, to)?.name ?? to,
        }),
      }));
}

/** Returns everything in a workflow that the server would refuse. */
export function faultsOf(definition: Definition): Fault[] {
  const lost = definition.initial.length === 0 ? [] : unreachable(definition);
  return [
    ...countFaults(definition),
    ...nameFaults(definition),
    ...lost.map((key) => ({
      at: { status: key },
      says: t('No ticket can get here. Allow a step to it, or let tickets begin in it.'),
    })),
    ...stepFaults(definition),
  ];
}

export const faultOfStatus = (faults: readonly Fault[], key: string): string | undefined =>
  faults.find(({ at }) => at !== undefined && 'status' in at && at.status === key)?.says;

/** Returns whether a step requires fields, or is not for all roles. */
export function isSpecial(definition: Definition, from: string, to: string): boolean {
  const step = stepIn(definition, from, to);
  return step !== undefined && (step.requires.length > 0 || step.roles.length < 3);
}
