import { BatonApiError, type Input, type Workflow } from 'baton-sdk';
import { client } from './client.ts';

/** Why a workflow could not be replaced, if the reason is the tickets in it. */
export type Refusal =
  | { code: 'stale' }
  | { code: 'status_in_use'; statuses: readonly { status: string; tickets: number }[] }
  | { code: 'resolution_in_use'; resolutions: readonly { status: string; resolution: string; tickets: number }[] };

/** Replaces a workflow, or returns which tickets prevent it. Other failures are thrown. */
export async function replaceWorkflow(
  workspace_id: string,
  project_id: string,
  body: Input<'replace_workflow'>['body'],
): Promise<Workflow | Refusal> {
  try {
    return await client.replace_workflow({ workspace_id, project_id, body });
  } catch (error) {
    if (!(error instanceof BatonApiError)) throw error;
    if (error.is('conflict') || error.is('precondition_required')) return { code: 'stale' };
    if (error.is('status_in_use')) return { code: 'status_in_use', statuses: error.problem.statuses ?? [] };
    if (error.is('resolution_in_use')) return { code: 'resolution_in_use', resolutions: error.problem.resolutions };
    throw error;
  }
}

/** Returns the server's fault messages, one sentence for each place. */
export const detailsOf = (error: unknown): readonly string[] =>
  error instanceof BatonApiError && error.is('validation_failed')
    ? error.problem.errors.map(({ detail }) => detail)
    : [];
