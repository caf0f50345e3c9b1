import type { EventType, Webhook } from 'baton-sdk';

/** The values of a webhook's form. */
export interface Given {
  url: string;
  description: string;
  /** null means all. */
  types: readonly string[] | null;
  project_ids: readonly string[] | null;
}

export const no_webhook: Given = { url: '', description: '', types: null, project_ids: null };

/** Returns the webhook's fields that its form shows. */
export const givenOf = ({ url, description, types, project_ids }: Webhook): Given => ({
  url,
  description,
  types,
  project_ids,
});

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Returns the names of the fields that differ. */
export const changedFields = (from: Given, to: Given): (keyof Given)[] =>
  (Object.keys(no_webhook) as (keyof Given)[]).filter((field) => !isSame(from[field], to[field]));

/** Returns the changes to send, so that other fields keep their saved values. */
export function changesOf(from: Given, to: Given) {
  const { types, project_ids, ...texts } = to;
  const all = { ...texts, types: types as EventType[] | null, project_ids: project_ids && [...project_ids] };
  const changed = changedFields(from, to);
  return Object.fromEntries(Object.entries(all).filter(([field]) => changed.includes(field as keyof Given)));
}

/** Applies the person's changes on top of what somebody else has saved. */
export function onTopOf(theirs: Given, base: Given, mine: Given): Given {
  const changed = changedFields(base, mine);
  return Object.fromEntries(
    (Object.keys(no_webhook) as (keyof Given)[]).map((field) => [
      field,
      (changed.includes(field) ? mine : theirs)[field],
    ]),
  ) as unknown as Given;
}

/** Returns the values with one added or, if it was there, removed. */
export const toggled = (values: readonly string[], value: string): string[] =>
  values.includes(value) ? values.filter((one) => one !== value) : [...values, value];
