import type { Action, Rules, TicketState } from './history.ts';

/** How a ticket came to be what it is: its state after each version, version 0 being nothing. */
export type States = readonly (TicketState | undefined)[];

const fields = ['title', 'priority'] as const;

/** The fields an edit would set that somebody else set to something else after its base. */
function overlaps(action: Action & { kind: 'edit' }, states: States, version: number): boolean {
  const current = states[version];
  return fields.some((field) => {
    const mine = action[field];
    if (mine === undefined || mine === current?.[field]) return false;
    return states
      .slice(action.base + 1, version + 1)
      .some((state, index) => state?.[field] !== states[action.base + index]?.[field]);
  });
}

/** The state after an action on a version; a refusal's code; or nothing, where the ticket isn't there for it. */
export function step(
  action: Action,
  states: States,
  version: number,
  rules: Rules,
): { state: TicketState } | { code: string } | 'gone' {
  const now = states[version];
  if (action.kind === 'create') {
    const { title } = action;
    const fresh = { resolution: null, assignee_id: null, title, priority: 'none', deleted: false };
    return now === undefined ? { state: { ...fresh, status: rules.initial } } : { code: 'exists' };
  }
  if (now === undefined) return 'gone';
  if (action.kind === 'restore') return now.deleted ? { state: { ...now, deleted: false } } : { code: 'conflict' };
  if (now.deleted) return 'gone';
  switch (action.kind) {
    case 'read':
    case 'comment':
      return { state: now };
    case 'delete':
      return { state: { ...now, deleted: true } };
    case 'assign':
      return { state: { ...now, assignee_id: action.assignee_id } };
    case 'edit': {
      if (action.base > version) return { code: 'conflict' };
      if (overlaps(action, states, version)) return { code: 'edit_conflict' };
      const { title = now.title, priority = now.priority } = action;
      return { state: { ...now, title, priority } };
    }
    case 'transition': {
      if (action.expected_version !== undefined && action.expected_version !== version) return { code: 'conflict' };
      if (!rules.steps.has(`${now.status} ${action.to}`)) return { code: 'transition_not_allowed' };
      const resolution = rules.done.has(action.to) ? (action.resolution ?? now.resolution) : null;
      const assignee_id = action.assignee_id === undefined ? now.assignee_id : action.assignee_id;
      return { state: { ...now, status: action.to, resolution, assignee_id } };
    }
  }
}

/** Whether two states are the same. */
export function same(a: TicketState | undefined, b: TicketState | undefined): boolean {
  return (
    a === b ||
    (a !== undefined &&
      b !== undefined &&
      a.status === b.status &&
      a.resolution === b.resolution &&
      a.assignee_id === b.assignee_id &&
      a.title === b.title &&
      a.priority === b.priority &&
      a.deleted === b.deleted)
  );
}
