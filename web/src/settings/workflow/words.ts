import { roleNames } from '../../api/words.ts';
import { t } from '../../ui/text.ts';
import type { Change, Part, Value } from './compare.ts';
import { type Definition, requirements, statusIn, type StepRules, step_roles } from './definition.ts';

const categories: Record<string, () => string> = {
  todo: () => t('to do'),
  in_progress: () => t('in progress'),
  waiting: () => t('waiting'),
  done: () => t('done'),
};

const requirement_names: Record<string, () => string> = {
  resolution: () => t('a resolution'),
  assignee_id: () => t('an assignee'),
  comment: () => t('a comment'),
};

export const categoryName = (category: string): string => categories[category]?.() ?? category;
export const requirementName = (field: string): string => requirement_names[field]?.() ?? field;

/** Formats a resolution’s key for people. */
export const resolutionName = (key: string): string => key.replaceAll('_', ' ');

/** Returns a status's name from the first of these workflows that has it. */
export const nameIn = (definitions: readonly Definition[], key: string): string => {
  for (const definition of definitions) {
    const name = statusIn(definition, key)?.name.trim();
    if (name !== undefined && name !== '') return name;
  }
  return key;
};

/** Describes what a step requires and who may take it: "needs a resolution; only owner, admin". */
export function rulesInWords({ roles, requires }: StepRules): string {
  const needed = requirements.filter((field) => requires.includes(field)).map(requirementName);
  const allowed = step_roles.filter((role) => roles.includes(role));
  const parts = [
    needed.length === 0 ? '' : t('needs {fields}', { fields: needed.join(', ') }),
    allowed.length === step_roles.length ? '' : t('only {roles}', { roles: roleNames(allowed) }),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** Returns the name of a workflow's part. */
export function partName(part: Part, definitions: readonly Definition[]): string {
  if (part.kind === 'status') return t('Status {name}', { name: nameIn(definitions, part.key) });
  if (part.kind === 'step') {
    return t('{from} → {to}', { from: nameIn(definitions, part.from), to: nameIn(definitions, part.to) });
  }
  const names = { order: t('Order'), initial: t('Where tickets begin'), resolutions: t('Resolutions') };
  return names[part.kind];
}

const isList = (value: Value): value is readonly string[] => Array.isArray(value);

/** Describes the value of a workflow's part. */
export function valueName(part: Part, value: Value, definitions: readonly Definition[]): string {
  if (value === undefined) return part.kind === 'step' ? t('not allowed') : t('not there');
  if (isList(value)) {
    if (value.length === 0) return t('none');
    const name = (key: string) => (part.kind === 'resolutions' ? resolutionName(key) : nameIn(definitions, key));
    return value.map(name).join(', ');
  }
  if ('name' in value) return t('{name} ({category})', { name: value.name, category: categoryName(value.category) });
  const rules = rulesInWords(value);
  return rules === '' ? t('allowed') : t('allowed, {rules}', { rules });
}

/** Describes a change in a sentence. */
export function changeInWords({ part, was, is }: Change, definitions: readonly Definition[]): string {
  const name = partName(part, definitions);
  if (part.kind === 'status' && was === undefined) return t('{name} is added', { name });
  if (part.kind === 'status' && is === undefined) return t('{name} is removed', { name });
  return t('{name}: {was} → {is}', {
    name,
    was: valueName(part, was, definitions),
    is: valueName(part, is, definitions),
  });
}
