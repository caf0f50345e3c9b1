import { randomBytes } from 'node:crypto';
import { disableUser } from '../../../server/src/accounts/operator.ts';
import { someAddress } from '../../harness/people.ts';
import { allSent, type Cast, type Office, receiverOf, tokenIn, useAtOnce } from './office.ts';

/** Checks that tokens for a new password go only to the account's address, and that one of them works, once. */
export async function resetPasswords(office: Office, { team: { member }, former }: Cast): Promise<void> {
  const { stage, mailbox, wire, say } = office;
  mailbox.mails = [];
  await disableUser(stage.database.owner, former.email);
  for (const email of [member.email, member.email, former.email, someAddress()]) {
    const path = '/v1/auth/request-password-reset';
    const { status } = await wire.send({ method: 'POST', path, body: { email } });
    if (status !== 202) say(`a request for a new password got ${status}`);
  }
  await allSent(office);
  const receivers = mailbox.mails.map(receiverOf);
  if (receivers.length !== 2 || receivers.some((email) => email !== member.email))
    say(`two mails for a new password of ${member.email} went to ${receivers.join(', ') || 'nobody'}`);
  const [first = '', second = ''] = mailbox.mails.map((mail) => tokenIn(mail, 'reset-password'));
  const useToken = (token: string) => {
    const bodyOf = () => ({ token, new_password: randomBytes(12).toString('base64url') });
    return useAtOnce(office, '/v1/auth/reset-password', bodyOf);
  };
  for (const [what, token, expected] of [
    ['', first, 1],
    [' that was used before', first, 0],
    [' after another one was used', second, 0],
  ] as const) {
    const uses = await useToken(token);
    if (uses !== expected) say(`a token for a new password${what} worked ${uses} times`);
  }
  const { status } = await wire.send({ method: 'GET', path: '/v1/me', token: member.access_token });
  if (status !== 401) say('a session outlived its password');
}
