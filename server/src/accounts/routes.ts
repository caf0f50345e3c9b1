import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import * as contract from './contract.ts';
import { accountAuditOf, sessionsOf, userById } from './queries.ts';
import { rename } from './rename.ts';
import { changePassword, endSession } from './sessions.ts';
import { resetPassword } from './password-reset.ts';
import { registerAccount } from './register.ts';
import { refreshSession, signIn } from './sign-in.ts';

export function accountRoutes(routes: Routes, services: Services): void {
  const { cursors } = services;
  routes.open(contract.register, registerAccount);
  routes.open(contract.login, signIn);
  routes.open(contract.refresh, refreshSession);
  routes.open(contract.reset_password, resetPassword);
  routes.writeOwn(contract.logout, (tx, caller, request) =>
    endSession(tx, caller, request, caller.session_id, 'logged_out'),
  );
  routes.readOwn(contract.get_me, (db, _, { user_id }) => userById(db, user_id));
  routes.writeOwn(contract.update_me, (tx, caller, request) =>
    rename(tx, caller, request.body.name, { origin: request, if_match: request.if_match }),
  );
  routes.account(contract.change_password, changePassword);
  routes.readOwn(contract.list_sessions, (db, { query }, { user_id, session_id }) =>
    keysetPage({
      cursors,
      operation: 'list_sessions',
      filter: { user_id },
      query,
      at: sql`s.created_at`,
      id: sql`s.id`,
      descending: true,
      rows: (part) => sessionsOf(db, user_id, session_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    }),
  );
  routes.writeOwn(contract.revoke_session, (tx, caller, request) =>
    endSession(tx, caller, request, request.params.session_id, 'session_revoked'),
  );
  routes.readOwn(contract.list_my_audit, (db, { query }, { user_id }) =>
    keysetPage({
      cursors,
      operation: 'list_my_audit',
      filter: { user_id },
      query,
      at: sql`a.created_at`,
      id: sql`a.id`,
      descending: true,
      rows: (part) => accountAuditOf(db, user_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    }),
  );
}
