import { type Definition, isDone, type Status, type Step, type StepRules, usual_rules } from './definition.ts';

const longest_key = 40;

/** Derives an unused key from a name: `In Review` gives in_review, or in_review_2 if that is taken. */
export function keyFor(name: string, taken: readonly string[], other = 'status'): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== '');
  const from_letter = words
    .join('_')
    .replace(/^[0-9_]+/, '')
    .slice(0, longest_key);
  const key = from_letter === '' ? other : from_letter;
  for (let count = 1; ; count += 1) {
    const end = count === 1 ? '' : `_${count}`;
    const one = key.slice(0, longest_key - end.length) + end;
    if (!taken.includes(one)) return one;
  }
}

const keysOf = ({ statuses }: Definition) => statuses.map(({ key }) => key);

export function addStatus(definition: Definition, given: Pick<Status, 'name' | 'category'>): Definition {
  const status = { key: keyFor(given.name, keysOf(definition)), ...given };
  return { ...definition, statuses: [...definition.statuses, status] };
}

/** Changes a status's name or category. If it is no longer done, steps to it no longer require a resolution. */
export function changeStatus(
  definition: Definition,
  key: string,
  changes: Partial<Pick<Status, 'name' | 'category'>>,
): Definition {
  const statuses = definition.statuses.map((status) => (status.key === key ? { ...status, ...changes } : status));
  const changed = { ...definition, statuses };
  if (isDone(changed, key)) return changed;
  const transitions = definition.transitions.map((step) =>
    step.to === key ? { ...step, requires: step.requires.filter((field) => field !== 'resolution') } : step,
  );
  return { ...changed, transitions };
}

/** Moves a status by some places, within the list. */
export function moveStatus(definition: Definition, key: string, by: number): Definition {
  const from = keysOf(definition).indexOf(key);
  const to = Math.max(0, Math.min(definition.statuses.length - 1, from + by));
  const moved = definition.statuses[from];
  if (moved === undefined || to === from) return definition;
  const statuses = definition.statuses.toSpliced(from, 1).toSpliced(to, 0, moved);
  return { ...definition, statuses };
}

/** Removes a status, with the steps to and from it. */
export function dropStatus(definition: Definition, key: string): Definition {
  return {
    ...definition,
    statuses: definition.statuses.filter((status) => status.key !== key),
    initial: definition.initial.filter((initial) => initial !== key),
    transitions: definition.transitions.filter(({ from, to }) => from !== key && to !== key),
  };
}

/** Sets a step's rules, adds a step, or removes it. */
export function setStep(
  definition: Definition,
  { from, to }: Pick<Step, 'from' | 'to'>,
  rules: StepRules | undefined,
): Definition {
  const place = definition.transitions.findIndex((step) => step.from === from && step.to === to);
  const step = rules && { from, to, roles: rules.roles, requires: rules.requires };
  const transitions =
    place < 0
      ? [...definition.transitions, ...(step === undefined ? [] : [step])]
      : definition.transitions.toSpliced(place, 1, ...(step === undefined ? [] : [step]));
  return { ...definition, transitions };
}

/** Adds a step if it doesn't exist; removes it if it does. */
export function toggleStep(definition: Definition, at: Pick<Step, 'from' | 'to'>): Definition {
  const exists = definition.transitions.some(({ from, to }) => from === at.from && to === at.to);
  return setStep(definition, at, exists ? undefined : usual_rules);
}

/** Adds a status to the initial ones, or removes it from them. */
export function toggleInitial(definition: Definition, key: string): Definition {
  const initial = definition.initial.includes(key)
    ? definition.initial.filter((one) => one !== key)
    : [...definition.initial, key];
  return { ...definition, initial };
}

/** Makes a status the default initial one. */
export const beginIn = (definition: Definition, key: string): Definition => ({
  ...definition,
  initial: [key, ...definition.initial.filter((one) => one !== key)],
});

export function addResolution(definition: Definition, name: string): Definition {
  const key = keyFor(name, definition.resolutions, 'resolution');
  return { ...definition, resolutions: [...definition.resolutions, key] };
}

export const dropResolution = (definition: Definition, key: string): Definition => ({
  ...definition,
  resolutions: definition.resolutions.filter((one) => one !== key),
});
