import type { Definition, Status, Step, StepRules } from './definition.ts';

/** A part of a workflow that can be changed independently. */
export type Part =
  | { kind: 'status'; key: string }
  | { kind: 'step'; from: string; to: string }
  | { kind: 'order' }
  | { kind: 'initial' }
  | { kind: 'resolutions' };

/** The value of a part in a workflow; undefined if the workflow lacks that status or step. */
export type Value = Pick<Status, 'name' | 'category'> | StepRules | readonly string[] | undefined;

export const idOf = (part: Part): string =>
  part.kind === 'status' ? `status ${part.key}` : part.kind === 'step' ? `step ${part.from} ${part.to}` : part.kind;

/**
 * Returns the order of the statuses that all these workflows have in common, so that adding or removing a status does
 * not count as reordering.
 */
function orderAmong(definition: Definition, others: readonly Definition[]): string[] {
  const common = others.map(({ statuses }) => new Set(statuses.map(({ key }) => key)));
  return definition.statuses.map(({ key }) => key).filter((key) => common.every((keys) => keys.has(key)));
}

/** Returns a part’s value in a normalized form that can be compared as text. */
function valueIn(definition: Definition, part: Part, all: readonly Definition[]): Value {
  if (part.kind === 'status') {
    const found = definition.statuses.find(({ key }) => key === part.key);
    return found && { name: found.name, category: found.category };
  }
  if (part.kind === 'step') {
    const found = definition.transitions.find(({ from, to }) => from === part.from && to === part.to);
    return found && { roles: found.roles.toSorted(), requires: found.requires.toSorted() };
  }
  if (part.kind === 'order') return orderAmong(definition, all);
  return part.kind === 'initial' ? definition.initial : definition.resolutions.toSorted();
}

/** Returns every part that at least one of these workflows has. */
function partsOf(all: readonly Definition[]): Part[] {
  const found = new Map<string, Part>();
  const add = (part: Part) => found.set(idOf(part), part);
  for (const { statuses } of all) for (const { key } of statuses) add({ kind: 'status', key });
  for (const kind of ['order', 'initial'] as const) add({ kind });
  for (const { transitions } of all) for (const { from, to } of transitions) add({ kind: 'step', from, to });
  add({ kind: 'resolutions' });
  return [...found.values()];
}

const isSame = (one: Value, other: Value) => JSON.stringify(one) === JSON.stringify(other);

export interface Change {
  part: Part;
  was: Value;
  is: Value;
}

/** Returns the differences between two workflows, part by part. */
export function changesBetween(from: Definition, to: Definition): Change[] {
  const all = [from, to];
  return partsOf(all)
    .map((part) => ({ part, was: valueIn(from, part, all), is: valueIn(to, part, all) }))
    .filter(({ was, is }) => !isSame(was, is));
}

/** A part that somebody else has changed since editing began. */
export interface Theirs {
  part: Part;
  was: Value;
  yours: Value;
  theirs: Value;
  /** Whether it was also changed here, to another value. */
  is_conflict: boolean;
}

/** Returns what somebody else has changed, beside the values here. */
export function theirChanges(base: Definition, mine: Definition, theirs: Definition): Theirs[] {
  const all = [base, mine, theirs];
  return partsOf(all)
    .map((part) => {
      const [was, yours, their] = all.map((one) => valueIn(one, part, all)) as [Value, Value, Value];
      const is_conflict = part.kind !== 'resolutions' && !isSame(was, yours) && !isSame(yours, their);
      return { part, was, yours, theirs: their, is_conflict };
    })
    .filter(({ was, theirs: their }) => !isSame(was, their));
}

/**
 * Returns the remaining statuses in the order of one workflow. Each status that only the other workflow has follows the
 * one that it follows there.
 */
function ordered(keys: readonly string[], one: Definition, other: Definition): string[] {
  const order = one.statuses.map(({ key }) => key).filter((key) => keys.includes(key));
  other.statuses.forEach(({ key }, place) => {
    if (!keys.includes(key) || order.includes(key)) return;
    const before = other.statuses[place - 1]?.key;
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1 || order.length, 0, key);
  });
  return order;
}

/** Merges the person's changes with what somebody else has saved. If both changed the same part, `choose` decides. */
export function merge(
  base: Definition,
  mine: Definition,
  theirs: Definition,
  choose: (part: Part) => 'yours' | 'theirs',
): Definition {
  const all = [base, mine, theirs];
  const pick = (part: Part): Definition => {
    const [was, yours, their] = all.map((one) => valueIn(one, part, all)) as [Value, Value, Value];
    if (isSame(was, yours)) return theirs;
    return isSame(was, their) || isSame(yours, their) || choose(part) === 'yours' ? mine : theirs;
  };
  const parts = partsOf(all);
  const of = <Kind extends Part['kind']>(kind: Kind) =>
    parts.filter((part): part is Extract<Part, { kind: Kind }> => part.kind === kind);
  const statuses = of('status').flatMap((part) => pick(part).statuses.find(({ key }) => key === part.key) ?? []);
  const keys = statuses.map(({ key }) => key);
  const [first, second] = pick({ kind: 'order' }) === mine ? [mine, theirs] : [theirs, mine];
  const steps = of('step').flatMap(
    (part) => pick(part).transitions.find(({ from, to }) => from === part.from && to === part.to) ?? [],
  );
  const added = mine.resolutions.filter((one) => !base.resolutions.includes(one));
  const kept = theirs.resolutions.filter((one) => mine.resolutions.includes(one) || !base.resolutions.includes(one));
  const isThere = ({ from, to }: Step) => keys.includes(from) && keys.includes(to);
  const done = new Set(statuses.filter(({ category }) => category === 'done').map(({ key }) => key));
  // One side may require a resolution for a step to a status that the other side has made not done.
  const fitting = (step: Step) =>
    done.has(step.to) ? step : { ...step, requires: step.requires.filter((field) => field !== 'resolution') };
  return {
    statuses: ordered(keys, first, second).flatMap((key) => statuses.find((status) => status.key === key) ?? []),
    initial: pick({ kind: 'initial' }).initial.filter((key) => keys.includes(key)),
    transitions: steps.filter(isThere).map(fitting),
    resolutions: [...new Set([...kept, ...added])],
  };
}
