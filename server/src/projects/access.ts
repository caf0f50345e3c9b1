import type { Actor } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { requireFound } from '../errors.ts';
import type { Project } from './contract.ts';
import { lockProject, projectByRef } from './queries.ts';

/** Returns a project of this workspace by id or key. Throws `not_found` if it is absent or in another workspace. */
export function requireProject(db: Db, workspace_id: string, ref: string): Promise<Project> {
  return requireFound(projectByRef(db, workspace_id, ref));
}

/** The door to a project for every write: it returns the project, locked until the commit. */
export function openProject(tx: Tx, actor: Actor, ref: string): Promise<Project> {
  return requireFound(lockProject(tx, actor.workspace_id, ref));
}
