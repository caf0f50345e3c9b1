import type { WorkflowDefinition } from './workflow-definition.ts';

/** What becomes of what the new workflow no longer knows. As maps: in an object, `constructor` would always be there. */
export interface Mapping {
  statuses: ReadonlyMap<string, string>;
  /** null: the resolution is cleared. */
  resolutions: ReadonlyMap<string, string | null>;
}

/** What a new workflow takes away from the one before it. */
export interface Loss {
  /** The statuses it drops. */
  dropped: string[];
  /** The statuses whose tickets may have a resolution, and lose that right. */
  undone: string[];
  /** The resolutions it drops. */
  gone: string[];
  /** The statuses whose tickets may have a resolution now. */
  done: string[];
}

const doneOf = (definition: WorkflowDefinition) =>
  new Set(definition.statuses.filter(({ category }) => category === 'done').map(({ key }) => key));

/** What the new workflow takes away; the tickets that have it need looking at. */
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

/** Where a ticket stands. */
export interface Standing {
  status: string;
  resolution: string | null;
}

/** Where a ticket stands under the new workflow; undefined where the mapping leaves that open. */
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
