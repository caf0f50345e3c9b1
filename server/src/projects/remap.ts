import type { WorkflowDefinition } from './workflow-definition.ts';

/**
 * What replaces the statuses and resolutions that the new workflow drops. They are maps because an object always has a
 * `constructor`.
 */
export interface Mapping {
  statuses: ReadonlyMap<string, string>;
  /** null clears the resolution. */
  resolutions: ReadonlyMap<string, string | null>;
}

/** The differences by which a new workflow can make tickets invalid. */
export interface Loss {
  /** The statuses that it drops. */
  dropped: string[];
  /** The statuses whose tickets could have a resolution before and cannot any more. */
  undone: string[];
  /** The resolutions that it drops. */
  gone: string[];
  /** The statuses whose tickets could have a resolution before. */
  done: string[];
}

const doneOf = (definition: WorkflowDefinition) =>
  new Set(definition.statuses.filter(({ category }) => category === 'done').map(({ key }) => key));

/** Returns what the new workflow takes away. The tickets that have it may need a change. */
export function lossOf(before: WorkflowDefinition, after: WorkflowDefinition): Loss {
  const keys = new Set(after.statuses.map(({ key }) => key));
  const [was_done, is_done] = [doneOf(before), doneOf(after)];
  return {
    dropped: before.statuses.map(({ key }) => key).filter((key) => !keys.has(key)),
    undone: [...was_done].filter((key) => keys.has(key) && !is_done.has(key)),
    gone: before.resolutions.filter((resolution) => !after.resolutions.includes(resolution)),
    done: [...was_done],
  };
}

/** A ticket's status and resolution. */
export interface Standing {
  status: string;
  resolution: string | null;
}

/** Returns a ticket's status and resolution under the new workflow. A field is missing if the mapping does not decide it. */
export function remap(
  { status, resolution }: Standing,
  after: WorkflowDefinition,
  mapping: Mapping,
  on_stale: 'refuse' | 'clear',
): { status?: string; resolution?: string | null } {
  const known = after.statuses.some(({ key }) => key === status);
  const to = known ? status : mapping.statuses.get(status);
  if (to === undefined) return {};
  const mapped =
    resolution === null || after.resolutions.includes(resolution) ? resolution : mapping.resolutions.get(resolution);
  const kept = doneOf(after).has(to) || resolution === null ? mapped : undefined;
  if (kept !== undefined) return { status: to, resolution: kept };
  return on_stale === 'clear' ? { status: to, resolution: null } : { status: to };
}
