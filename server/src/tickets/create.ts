import type { Limits } from '../config/limits.ts';
import { sql } from '../db/sql.ts';
import { BatonError } from '../errors.ts';
import { longTextBytes } from '../http/large-json.ts';
import { newId } from '../lib/ids.ts';
import { definitionOf } from '../projects/definitions.ts';
import { nextNumber, takeNumber } from '../projects/queries.ts';
import { requireBelow } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import { holdAssignee } from './access.ts';
import { addNextTicket, addTicket } from './change.ts';
import type { create_ticket, Ticket } from './contract.ts';
import { rankFor } from './place.ts';
import { besideNew } from './place-queries.ts';
import { presentTo } from './present.ts';
import type { NewTicket } from './queries.ts';
import { rankOfNumber } from './rank.ts';
import { initialStatus } from './workflow.ts';

/**
 * Creates a ticket with the project's next number; the caller is its reporter. The number is taken with the last statements, so
 * that creations in one project wait for one another as briefly as possible. If the ticket's rank depends on its number, or its
 * JSON is long, the number has to be known before them, and is taken with the first.
 */
export async function createTicket(
  { tx, writer, params, body: input, afterCommit }: Context<typeof create_ticket>,
  { max_tickets_per_project }: Pick<Limits, 'max_tickets_per_project'>,
): Promise<Ticket> {
  const { workspace_id } = writer;
  const { place, ...fields } = input;
  const is_early = place !== undefined || longTextBytes(input) > 0;
  const [project, assignable, actor] = await Promise.all([
    is_early ? takeNumber(tx, writer, params.project_id) : nextNumber(tx, workspace_id, params.project_id),
    holdAssignee(tx, writer, input.assignee_id),
    writer.hold(),
  ]);
  if (project === undefined) throw new BatonError('not_found');
  if (project.archived_at !== null) throw new BatonError('project_archived');
  if (!assignable) throw new BatonError('assignee_not_member');
  requireBelow('tickets_per_project', max_tickets_per_project, project.number - 1);
  const { id: project_id, workflow_version } = project;
  const definition = await definitionOf(tx, { workspace_id, project_id, workflow_version });
  const status = initialStatus(definition, input.status);
  if (status === undefined) {
    const detail = `Tickets of this project start in: ${definition.initial.join(', ')}.`;
    throw new BatonError('validation_failed', { errors: [{ pointer: '/status', detail }] });
  }
  const id = newId();
  const column = { workspace_id, project_id, status };
  // A new ticket stands at the top anyway, so placing it there needs no rank of its own.
  const beside = place === undefined || place.at === 'top' ? undefined : await besideNew(tx, column, id, place);
  const placed =
    place === undefined || beside === undefined || (place.at === undefined && beside.anchor === null)
      ? undefined
      : await rankFor(tx, actor, { place, beside, column, ticket: { id, number: project.number } });
  const row: NewTicket = {
    ...fields,
    workspace_id,
    id,
    key: `${project.key}-${project.number}`,
    project_id,
    number: project.number,
    status,
    status_sequence: 0,
    resolution: null,
    reporter_id: actor.user_id,
    version: 1,
    created_at: project.at,
    updated_at: project.at,
    last_activity_at: project.at,
    deleted_at: null,
    workflow_version,
    project_archived_at: null,
    rank: placed ?? rankOfNumber(project.number),
    placed: placed !== undefined,
  };
  if (is_early) {
    addTicket(tx, actor, row);
    return presentTo(tx, row, actor);
  }
  const ticket = await presentTo(tx, row, actor);
  const taken = addNextTicket(tx, actor, row, max_tickets_per_project);
  const complete = async () => {
    const { number } = await taken;
    Object.assign(ticket, { number, key: `${project.key}-${number}`, rank: rankOfNumber(number) });
  };
  afterCommit(complete, {
    fields: sql`jsonb_build_object('number', t.number, 'key', ${`${project.key}-`}::text || t.number, 'rank', t.rank)`,
    from: sql`from tickets t where t.workspace_id = ${workspace_id} and t.id = ${id}`,
  });
  return ticket;
}
