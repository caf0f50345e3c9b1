import type { Actor } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Project } from './contract.ts';
import { lockProject, projectByRef } from './queries.ts';

/** A project of this workspace, by id or key. Absent and another workspace's are both `not_found`. */
export async function requireProject(db: Db, workspace_id: string, ref: string): Promise<Project> {
  const project = await projectByRef(db, workspace_id, ref);
  if (project === undefined) throw new BatonError('not_found');
  return project;
}

/** The door to a project for every write: locked until the commit. */
export async function openProject(tx: Tx, actor: Actor, ref: string): Promise<Project> {
  const project = await lockProject(tx, actor.workspace_id, ref);
  if (project === undefined) throw new BatonError('not_found');
  return project;
}
