import { merge, type Part } from './compare.ts';
import { type Definition, statusIn } from './definition.ts';
import { dropResolution, dropStatus } from './edit.ts';

/** Where the tickets of a removed status go; '' until the person has chosen. */
interface Move {
  from: string;
  to: string;
}

/** What replaces a removed resolution: another one, or null for none. */
interface Replacement {
  from: string;
  to: string | null;
}

/** A workflow that is being edited. */
export interface Draft {
  /** The version that the person saw when they began. */
  version: number;
  base: Definition;
  mine: Definition;
  moves: readonly Move[];
  replacements: readonly Replacement[];
}

export const startFrom = (version: number, base: Definition): Draft => ({
  version,
  base,
  mine: base,
  moves: [],
  replacements: [],
});

/** Returns the statuses that the draft removes. */
export const droppedOf = ({ base, mine }: Draft): Definition['statuses'] =>
  base.statuses.filter(({ key }) => statusIn(mine, key) === undefined);

export const moveOf = ({ moves }: Draft, from: string): string => moves.find((move) => move.from === from)?.to ?? '';

export const replacementOf = ({ replacements }: Draft, from: string): string | null =>
  replacements.find((one) => one.from === from)?.to ?? null;

/** Sets where the tickets of a removed status go. */
export const setMove = (draft: Draft, from: string, to: string): Draft => ({
  ...draft,
  moves: [...draft.moves.filter((move) => move.from !== from), { from, to }],
});

export const setReplacement = (draft: Draft, from: string, to: string | null): Draft => ({
  ...draft,
  replacements: [...draft.replacements.filter((one) => one.from !== from), { from, to }],
});

/**
 * Removes a status and sets where its tickets go. Tickets of other removed statuses that were to go to it go there as
 * well.
 */
export function removeStatus(draft: Draft, key: string, to: string): Draft {
  const moves = draft.moves.map((move) => (move.to === key ? { ...move, to } : move));
  return setMove({ ...draft, mine: dropStatus(draft.mine, key), moves }, key, to);
}

/** Restores a removed status, with its steps to and from the statuses that still exist. */
export function putBack(draft: Draft, key: string): Draft {
  const status = statusIn(draft.base, key);
  if (status === undefined || statusIn(draft.mine, key) !== undefined) return draft;
  const statuses = [...draft.mine.statuses, status];
  const keys = statuses.map((one) => one.key);
  const steps = draft.base.transitions.filter(
    ({ from, to }) => (from === key || to === key) && keys.includes(from) && keys.includes(to),
  );
  const initial = draft.base.initial.includes(key) ? [...draft.mine.initial, key] : draft.mine.initial;
  const mine = { ...draft.mine, statuses, initial, transitions: [...draft.mine.transitions, ...steps] };
  return { ...draft, mine };
}

export function removeResolution(draft: Draft, key: string, to: string | null): Draft {
  const replacements = draft.replacements.map((one) => (one.to === key ? { ...one, to } : one));
  return setReplacement({ ...draft, mine: dropResolution(draft.mine, key), replacements }, key, to);
}

/**
 * Replaces the whole workflow. Tickets of removed statuses go to the first status of the same category, or else to the
 * first initial one.
 */
export function replaceBy(draft: Draft, mine: Definition): Draft {
  const [begin] = mine.initial;
  const moves = droppedOf({ ...draft, mine }).map(({ key, category }) => {
    const same = mine.statuses.find((status) => status.category === category);
    return { from: key, to: same?.key ?? begin ?? '' };
  });
  return { ...draft, mine, moves, replacements: [] };
}

/** Returns what is left to save after a draft was saved: the changes that were made meanwhile; undefined if none. */
export function afterSaving(
  now: Draft,
  sent: Draft,
  saved: { version: number; definition: Definition },
): Draft | undefined {
  if (encode(now) === encode(sent)) return undefined;
  return { ...now, version: saved.version, base: saved.definition };
}

/** Applies the person's changes on top of what somebody else has saved. */
export function onTopOf(
  draft: Draft,
  theirs: { version: number; definition: Definition },
  choose: (part: Part) => 'yours' | 'theirs',
): Draft {
  const mine = merge(draft.base, draft.mine, theirs.definition, choose);
  return { ...draft, version: theirs.version, base: theirs.definition, mine };
}

/**
 * Returns the mapping for the server: new statuses and resolutions for those that the draft removes, where they are
 * known.
 */
export function mappingOf(draft: Draft) {
  const { base, mine } = draft;
  const moves = droppedOf(draft).flatMap(({ key }) => {
    const to = moveOf(draft, key);
    return statusIn(mine, to) === undefined ? [] : [[key, to] as const];
  });
  const gone = base.resolutions.filter((key) => !mine.resolutions.includes(key));
  const replacements = gone.map((key) => {
    const to = replacementOf(draft, key);
    return [key, to !== null && mine.resolutions.includes(to) ? to : null] as const;
  });
  return { statuses: Object.fromEntries(moves), resolutions: Object.fromEntries(replacements) };
}

const isText = (value: unknown) => typeof value === 'string';
const isListOf = (value: unknown, is: (one: unknown) => boolean) => Array.isArray(value) && value.every(is);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const has = (value: unknown, ...names: string[]) => isRecord(value) && names.every((name) => isText(value[name]));
const isStep = (value: unknown) =>
  isRecord(value) &&
  has(value, 'from', 'to') &&
  isListOf(value['roles'], isText) &&
  isListOf(value['requires'], isText);
const isDefinition = (value: unknown) =>
  isRecord(value) &&
  isListOf(value['statuses'], (one) => has(one, 'key', 'name', 'category')) &&
  isListOf(value['initial'], isText) &&
  isListOf(value['transitions'], isStep) &&
  isListOf(value['resolutions'], isText);

export const encode = (draft: Draft): string => JSON.stringify(draft);

/** Parses a stored draft; undefined if an earlier version or somebody by hand has written something else. */
export function decode(text: string): Draft | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(given) || typeof given['version'] !== 'number') return undefined;
  const moves_known = isListOf(given['moves'], (one) => has(one, 'from', 'to'));
  const replacements_known = isListOf(given['replacements'], (one) => has(one, 'from'));
  const known = isDefinition(given['base']) && isDefinition(given['mine']) && moves_known && replacements_known;
  return known ? (given as unknown as Draft) : undefined;
}
