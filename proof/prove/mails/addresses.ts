import { type Person, someAddress } from '../../harness/people.ts';
import { allSent, type Cast, mailsTo, type Office, tokenIn, useAtOnce } from './office.ts';

/** Checks that each person who signs up gets one mail, whose token confirms the address once. */
export async function confirmSignUps(office: Office, { team, former }: Cast): Promise<void> {
  const { owner, admin, member, viewer } = team;
  for (const person of [owner, admin, member, viewer, former]) {
    const [mail, ...more] = mailsTo(office, person);
    if (mail?.subject !== 'Confirm your address' || more.length > 0)
      office.say(`a person who signed up got “${mail?.subject}” and ${more.length} more mails`);
    const body = { token: tokenIn(mail, 'confirm-email') };
    const uses = await useAtOnce(office, '/v1/auth/confirm-email', () => body);
    if (uses !== 1) office.say(`a token that confirms an address worked ${uses} times`);
  }
}

/** Checks that an invitation is mailed to its address, unless the inviter's own address is unconfirmed. */
export async function inviteByMail(office: Office, { team, unconfirmed }: Cast): Promise<void> {
  const { workspace_id, owner } = team;
  const invite = ({ client }: Person) =>
    client.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } });
  const [by_owner, by_another] = [await invite(owner), await invite(unconfirmed)];
  await allSent(office);
  const [mail, ...more] = mailsTo(office, by_owner);
  if (!by_owner.mailed || more.length > 0 || tokenIn(mail, 'accept-invitation') !== by_owner.token)
    office.say('an invitation was not mailed to its address, once and with its token');
  if (by_another.mailed || mailsTo(office, by_another).length > 0)
    office.say('an invitation was mailed in the name of an address that nobody has confirmed');
}
