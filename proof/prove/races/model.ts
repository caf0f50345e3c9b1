import type { Action, Rules, TicketState } from './history.ts';

const fields = ['title', 'priority'] as const;
type Field = (typeof fields)[number];

/** The history of a ticket: its state after each version; before version 1 it doesn't exist. */
export class Versions {
  readonly #states: (TicketState | undefined)[] = [undefined];
  /** For each version, the last version up to it that changed the field. */
  readonly #changed: Record<Field, number[]> = { title: [0], priority: [0] };

  /** The latest version. */
  get last(): number {
    return this.#states.length - 1;
  }

  at(version: number): TicketState | undefined {
    return this.#states[version];
  }

  push(state: TicketState | undefined): void {
    const before = this.#states[this.last];
    const version = this.last + 1;
    for (const field of fields) {
      const changes = state?.[field] !== before?.[field];
      this.#changed[field].push(changes ? version : (this.#changed[field][version - 1] ?? 0));
    }
    this.#states.push(state);
  }

  /** Whether a version after `base`, up to `version`, changed the field. */
  changed(field: Field, base: number, version: number): boolean {
    return (this.#changed[field][version] ?? 0) > base;
  }
}

/** Whether the edit would set a field that somebody else set to another value after the edit's base. */
function overlaps(action: Action & { kind: 'edit' }, states: Versions, version: number): boolean {
  return fields.some((field) => {
    const mine = action[field];
    return mine !== undefined && mine !== states.at(version)?.[field] && states.changed(field, action.base, version);
  });
}

/** The state after an action on a version, the code of its refusal, or `gone` if the ticket isn't there for it. */
export function step(
  action: Action,
  states: Versions,
  version: number,
  rules: Rules,
): { state: TicketState } | { code: string } | 'gone' {
  const now = states.at(version);
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
      if (action.version !== undefined && action.version !== version) return { code: 'conflict' };
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
