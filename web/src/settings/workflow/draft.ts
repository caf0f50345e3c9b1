import { merge, type Part } from './compare.ts';
import { type Definition, statusIn } from './definition.ts';
import { dropResolution, dropStatus } from './edit.ts';

/** Where the tickets of a status go that the workflow drops; '' where nobody has said it. */
interface Move {
  from: string;
  to: string;
}

/** What becomes of a resolution that the workflow drops: another one, or null for none. */
interface Replacement {
  from: string;
  to: string | null;
}

/** A workflow that is being changed. */
export interface Draft {
  /** The version that was seen as the changes began. */
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

/** The statuses that the workflow had, and will not have. */
export const droppedOf = ({ base, mine }: Draft): Definition['statuses'] =>
  base.statuses.filter(({ key }) => statusIn(mine, key) === undefined);

export const moveOf = ({ moves }: Draft, from: string): string => moves.find((move) => move.from === from)?.to ?? '';

export const replacementOf = ({ replacements }: Draft, from: string): string | null =>
  replacements.find((one) => one.from === from)?.to ?? null;

/** Says where the tickets of a dropped status go. */
export const setMove = (draft: Draft, from: string, to: string): Draft => ({
  ...draft,
  moves: [...draft.moves.filter((move) => move.from !== from), { from, to }],
});

export const setReplacement = (draft: Draft, from: string, to: string | null): Draft => ({
  ...draft,
  replacements: [...draft.replacements.filter((one) => one.from !== from), { from, to }],
});

/** Drops a status: its tickets go where the person said, and so do those that were to come to it. */
export function removeStatus(draft: Draft, key: string, to: string): Draft {
  const moves = draft.moves.map((move) => (move.to === key ? { ...move, to } : move));
  return setMove({ ...draft, mine: dropStatus(draft.mine, key), moves }, key, to);
}

/** Takes a dropped status back, with the steps from and to it that there still can be. */
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

/** Takes a whole other workflow: tickets go to the first status that means the same, or to where tickets begin. */
export function replaceBy(draft: Draft, mine: Definition): Draft {
  const [begin] = mine.initial;
  const moves = droppedOf({ ...draft, mine }).map(({ key, category }) => {
    const same = mine.statuses.find((status) => status.category === category);
    return { from: key, to: same?.key ?? begin ?? '' };
  });
  return { ...draft, mine, moves, replacements: [] };
}

/** Lays the changes over what somebody else has saved meanwhile. */
export function onTopOf(
  draft: Draft,
  theirs: { version: number; definition: Definition },
  choose: (part: Part) => 'yours' | 'theirs',
): Draft {
  const mine = merge(draft.base, draft.mine, theirs.definition, choose);
  return { ...draft, version: theirs.version, base: theirs.definition, mine };
}

/** What the server is told of tickets that the new workflow doesn’t suit: of what it really drops, and where that is known. */
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

/** What is kept on the disk; undefined where an earlier version, or somebody by hand, has written something else. */
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
