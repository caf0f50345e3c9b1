import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Parameter {
  name: string;
  in: string;
  schema: { enum?: string[]; anyOf?: { enum?: string[]; const?: string }[] };
}

interface Document {
  paths: Record<string, Record<string, { operationId: string; parameters?: Parameter[] }>>;
}

/** Values that many rows have, that few have, and that none has. */
const skewed: Record<string, readonly string[]> = {
  label: ['common', 'rare', 'unknown'],
  status: ['open', 'closed', 'unknown'],
  assignee: ['me', 'none'],
  reporter: ['me'],
  action: ['ticket.created', 'workspace.created'],
  subject_type: ['ticket', 'workspace'],
};
const times = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];

function valuesOf({ name, schema }: Parameter): readonly string[] {
  const known = skewed[name];
  if (known !== undefined) return known;
  if (/_(after|before)$/.test(name)) return times;
  return schema.enum ?? (schema.anyOf ?? []).flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const]));
}

/** Every list of a workspace, with each value of each of its filters, from the contract. */
export function everyList(place: { workspace_id: string; project_id: string; ticket: string }): string[] {
  const file = path.resolve(import.meta.dirname, '../../../server/openapi.json');
  const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
  return Object.entries(document.paths).flatMap(([template, { get }]) => {
    if (get === undefined || !/^(list_|read_events$)/.test(get.operationId) || !template.includes('{workspace_id}'))
      return [];
    const found = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => (place as Record<string, string>)[name] ?? '');
    const filters = (get.parameters ?? [])
      .filter((parameter) => parameter.in === 'query')
      .flatMap((parameter) => valuesOf(parameter).map((value) => `&${parameter.name}=${encodeURIComponent(value)}`));
    const orders = filters.filter((filter) => filter.startsWith('&sort='));
    const narrowed = filters.flatMap((filter) => ['', ...orders].map((order) => filter + order));
    return ['', ...narrowed].map((filter) => `${found}?limit=100${filter}`);
  });
}
