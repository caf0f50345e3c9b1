import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Body, Response } from '../http/contract.ts';
import type { Services } from '../services.ts';
import type { Request } from '../serving/request.ts';
import { newId } from '../lib/ids.ts';
import { isInvited } from '../workspaces/invitation-queries.ts';
import { readInvitationToken } from '../workspaces/invitation-token.ts';
import { requireUncommon } from './common-passwords.ts';
import type { register, User } from './contract.ts';
import { hashPassword } from './passwords.ts';
import { insertCredentials, insertUser, recordAccountAudit } from './queries.ts';
import { startSession } from './sign-in.ts';

/** Queues, in the transaction, the mail that confirms the address of an account. */
export type ConfirmAddress = (services: Services, tx: Tx, user: User, network: string) => Promise<void>;

/** Creates an account and signs in, if the operator allows registration to everybody or to this address. */
export async function registerAccount(
  services: Services,
  request: Request<typeof register>,
  confirmAddress: ConfirmAddress,
): Promise<Response<typeof register>> {
  const { pool, config, hint } = services;
  const { email, name, password, invitation_token }: Body<typeof register> = request.body;
  const { network } = request;
  if (config.registration === 'closed') throw new BatonError('registration_closed');
  const must_be_invited = config.registration === 'invited' || invitation_token !== undefined;
  const invitation = readInvitationToken(invitation_token ?? '');
  const workspace_id = invitation?.workspace_id;
  const invited = async (db: Parameters<typeof isInvited>[0]) => {
    if (!must_be_invited) return;
    if (invitation === undefined || !(await isInvited(db, invitation, email))) {
      throw new BatonError('invitation_required');
    }
  };
  await readOnly(pool, { workspace_id, network }, invited);
  await requireUncommon(password, '/password');
  const hash = await hashPassword(password, config.bcrypt_cost, request);
  const user_id = newId();
  const signed_in = await transaction(pool, { user_id, workspace_id, network }, async (tx) => {
    await invited(tx); // again: the invitation may have been withdrawn while we were hashing
    const user = await insertUser(tx, { id: user_id, email, name });
    if (user === undefined) throw new BatonError('email_taken');
    insertCredentials(tx, user_id, hash);
    recordAccountAudit(tx, user_id, request, { action: 'registered' });
    const tokens = startSession(tx, services, user, request);
    await confirmAddress(services, tx, user, network);
    return tokens;
  });
  if (config.mail !== undefined) hint('mail');
  return signed_in;
}
