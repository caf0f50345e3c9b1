import { sql } from '../db/sql.ts';
import { requireFound } from '../errors.ts';
import { byId, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import * as contract from './contract.ts';
import { accountAuditOf, userById } from './queries.ts';
import { resetPassword } from './password-reset.ts';
import { type ConfirmAddress, registerAccount } from './register.ts';
import { rename } from './rename.ts';
import { liveSession, sessionsOf } from './session-queries.ts';
import { changePassword, logOut, revokeSession } from './sessions.ts';
import { refreshSession, signIn } from './sign-in.ts';

/** Registers the routes of accounts. `confirmAddress` sends a new account the mail that confirms its address. */
export function accountRoutes(serve: Serve, services: Services, confirmAddress: ConfirmAddress): void {
  serve.own(contract.register, (request) => registerAccount(services, request, confirmAddress));
  serve.own(contract.login, (request) => signIn(services, request));
  serve.own(contract.refresh, (request) => refreshSession(services, request));
  serve.own(contract.reset_password, (request) => resetPassword(services, request));
  serve(contract.logout, logOut);
  serve(contract.get_me, ({ db, caller }) => userById(db, caller.user_id));
  serve(contract.update_me, rename);
  serve.own(contract.change_password, (context) => changePassword(services, context));
  serve.list(contract.list_sessions, ({ db, caller: { user_id, session_id } }) => ({
    filter: { user_id },
    order: { created_at: byTime(sql`s.created_at`), id: byId(sql`s.id`) },
    descending: true,
    rows: (part) => sessionsOf(db, user_id, session_id, part),
  }));
  serve(contract.get_session, ({ db, caller: { user_id, session_id }, params }) =>
    requireFound(liveSession(db, user_id, params.session_id, session_id)),
  );
  serve(contract.revoke_session, revokeSession);
  serve.list(contract.list_my_audit, ({ db, caller: { user_id } }) => ({
    filter: { user_id },
    order: { created_at: byTime(sql`a.created_at`), id: byId(sql`a.id`) },
    descending: true,
    rows: (part) => accountAuditOf(db, user_id, part),
  }));
}
