import type { Call } from './calls.ts';
import type { Mapping } from '../../server/src/importing/derive.ts';
import type { Source } from '../../server/src/importing/history.ts';
import { plans } from './plan.ts';
import type { Report } from '../../server/src/importing/report.ts';

interface Totals {
  calls: Map<Call['kind'], number>;
  longest_comment: number;
  longest_description: number;
}

/** Plans every ticket without playing it. Returns what a replay would do, line by line. */
export async function summarize(source: Source, mapping: Mapping, report: Report): Promise<string[]> {
  const totals = await planAll(source, mapping, report);
  const { workflow, people } = mapping;
  const { create, change, comment } = source.operations;
  const calls = [...totals.calls.values()].reduce((sum, count) => sum + count, 0);
  return [
    `tickets      ${source.histories.size}`,
    `operations   ${create + change + comment}: ${create} create, ${change} change, ${comment} comment`,
    `calls        ${calls}: ${[...totals.calls].map(([kind, count]) => `${count} ${kind}`).join(', ')}`,
    `people       ${people.authors.size} authors, ${people.assignees.size} assignees, ${new Set([...people.authors, ...people.assignees]).size} in all`,
    `statuses     ${workflow.statuses.map(({ key, category }) => `${key} (${category})`).join(', ')}`,
    `initial      ${workflow.initial.join(', ')}`,
    `transitions  ${workflow.transitions.length}: ${workflow.transitions.map(({ from, to }) => `${from}→${to}`).join(' ')}`,
    `resolutions  ${workflow.resolutions.length}: ${workflow.resolutions.join(', ')}`,
    `priorities   ${[...mapping.priorities].map(([name, to]) => `${name}→${to.priority}${to.label ? ' + label' : ''}`).join(', ')}`,
    `longest      comment ${totals.longest_comment}, description ${totals.longest_description} characters`,
    ...report.lines(),
  ];
}

async function planAll(source: Source, mapping: Mapping, report: Report): Promise<Totals> {
  const totals: Totals = { calls: new Map(), longest_comment: 0, longest_description: 0 };
  for await (const { steps } of plans(source, mapping, report)) {
    for (const call of steps.flatMap((step) => step.calls)) {
      totals.calls.set(call.kind, (totals.calls.get(call.kind) ?? 0) + 1);
      totals.longest_comment = Math.max(totals.longest_comment, commentOf(call).length);
      if (call.kind === 'create')
        totals.longest_description = Math.max(totals.longest_description, call.description.length);
    }
  }
  return totals;
}

function commentOf(call: Call): string {
  if (call.kind === 'comment') return call.body;
  return call.kind === 'transition' ? (call.comment ?? '') : '';
}
