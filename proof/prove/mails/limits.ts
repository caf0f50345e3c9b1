import { mails_an_address } from '../../../server/src/http/mail-limits.ts';
import { confirmAddresses, type Person, registerPerson, someAddress } from '../../harness/people.ts';
import { allSent, type Office } from './office.ts';

/** Twice as many hosts as an address may get mails. */
const hosts_count = 2 * mails_an_address;
/** More mails to different addresses than one account may cause. */
const most_asked = 20;

interface Host {
  person: Person;
  workspace_id: string;
}

async function makeHost({ stage }: Office): Promise<Host> {
  const person = await registerPerson(stage);
  await confirmAddresses(stage, person);
  const { id: workspace_id } = await person.client.create_workspace({ body: { name: 'W' } });
  return { person, workspace_id };
}

/** Asks to confirm an address as a person's new one. Returns the status of the response. */
async function ask({ wire }: Office, { person }: Host, email: string): Promise<number> {
  const { access_token: token, password } = person;
  const body = { email, current_password: password };
  return (await wire.send({ method: 'POST', path: '/v1/me/email-change', token, body })).status;
}

/** Checks that of invitations to one address at the same moment, exactly as many are mailed as the address may get. */
async function inviteAtOnce({ wire, say }: Office, hosts: readonly Host[]): Promise<void> {
  const email = someAddress();
  const answers = await Promise.all(
    hosts.map(({ person: { access_token: token }, workspace_id }) => {
      const path = `/v1/workspaces/${workspace_id}/invitations`;
      return wire.send({ method: 'POST', path, token, body: { email, role: 'viewer' } });
    }),
  );
  const odd = answers.find(({ status }) => status !== 201);
  if (odd !== undefined) say(`an invitation: responded ${odd.status} ${odd.text.slice(0, 200)}`);
  const mailed = answers.filter(({ text }) => (JSON.parse(text) as { mailed?: boolean }).mailed === true).length;
  if (mailed !== mails_an_address)
    say(`${mailed} of ${hosts.length} invitations of one address were mailed, not ${mails_an_address}`);
}

/** Checks that a mail refused because its requester's own limit is used up does not count for its address. */
async function askInVain(office: Office, [spent, ...others]: readonly Host[]): Promise<void> {
  if (spent === undefined) return;
  let asked = 0;
  while ((await ask(office, spent, someAddress())) === 202 && asked < most_asked) asked++;
  if (asked === most_asked) office.say(`an account caused ${asked} mails`);
  const email = someAddress();
  const refused: number[] = [];
  for (let n = 0; n <= mails_an_address; n++) refused.push(await ask(office, spent, email));
  if (refused.some((status) => status !== 429)) office.say(`beyond its limit an account got ${refused.join(', ')}`);
  const statuses: number[] = [];
  for (const host of others.slice(0, mails_an_address + 1)) statuses.push(await ask(office, host, email));
  const [last, ...granted] = statuses.toReversed();
  if (granted.some((status) => status !== 202))
    office.say(`mails that were refused counted for their address: others got ${statuses.join(', ')}`);
  if (last !== 429) office.say(`beyond the limit of an address somebody got ${last}`);
}

/** Checks that mails to an address that somebody names are counted as they are queued. */
export async function limitMails(office: Office): Promise<void> {
  const hosts = await Promise.all(Array.from({ length: hosts_count }, () => makeHost(office)));
  await inviteAtOnce(office, hosts);
  await askInVain(office, hosts);
  await allSent(office);
}
