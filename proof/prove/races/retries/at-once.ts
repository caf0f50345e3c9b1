import { makeTicket, type Team } from '../../../harness/make.ts';
import { statuses } from '../rounds.ts';
import { isReplayed, type KeyedWrite, post, rowsWith, type Stand } from './stand.ts';

const hands = 64;
const kinds = ['create', 'comment', 'transition'] as const;

/** Builds a write that leaves one row with a text. */
async function writeOf(team: Team, kind: (typeof kinds)[number], text: string): Promise<KeyedWrite> {
  const here = `/v1/workspaces/${team.workspace_id}`;
  const key = `key ${text}`.replaceAll(' ', '-');
  if (kind === 'create') return { key, path: `${here}/projects/${team.project_id}/tickets`, body: { title: text } };
  const ticket = `${here}/tickets/${(await makeTicket(team)).id}`;
  if (kind === 'comment') return { key, path: `${ticket}/comments`, body: { body: text } };
  return { key, path: `${ticket}/transitions`, body: { to: 'in_progress', comment: text } };
}

/** Sends one write under one key 64 times at once to two processes. */
export async function sendAtOnce(stand: Stand, rounds: number) {
  const { team, violate } = stand;
  const people = [team.owner, team.admin, team.member].map(({ access_token }, n) => ({ name: `${n}`, access_token }));
  const figures = { answered: 0, told_to_wait: 0 };
  for (let n = 0; n < rounds; n++) {
    const who = stand.run.random.pick(people);
    const kind = kinds[n % kinds.length] ?? 'create';
    const text = `at once ${n}`;
    const write = await writeOf(team, kind, text);
    const answers = await Promise.all(Array.from({ length: hands }, () => post(stand, who, write)));
    const done = answers.filter(({ status }) => status < 300);
    // With so many at once, the server may ask some to come back later.
    const others = answers.filter(({ status }) => status >= 300 && ![429, 503].includes(status));
    figures.answered += done.length;
    figures.told_to_wait += answers.length - done.length - others.length;
    if (others.length > 0) violate(`one key at once, a ${kind}: ${statuses(others)}`);
    if (new Set(done.map((answer) => answer.text)).size !== 1)
      violate(`one key at once got several responses: ${kind}`);
    const first = done.filter((answer) => !isReplayed(answer)).length;
    if (first !== 1) violate(`one key at once: ${first} of ${done.length} are not replays: ${kind}`);
    const other = await post(stand, who, { ...write, body: { ...write.body, ...otherThan(write.body) } });
    if (other.status !== 422) violate(`other arguments under the same key: ${statuses([other])}`);
    const rows = await rowsWith(stand, text);
    if (rows !== 1) violate(`one key at once: done ${rows} times: ${kind}`);
  }
  return figures;
}

/** The same write with another text. */
function otherThan(body: object): object {
  const [name = ''] = ['title', 'comment', 'body'].filter((field) => field in body);
  return { [name]: 'something else' };
}
