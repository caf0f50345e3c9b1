import { statuses } from '../rounds.ts';
import { isReplayed, makeAgent, outcomesOf, post, rowsWith, type Stand } from './stand.ts';

/** Five principals send the same write under the same key, each twice and all at once: five writes are done. */
export async function sendFromEach(stand: Stand, rounds: number): Promise<void> {
  const { team, agent, violate } = stand;
  const { workspace_id, project_id, owner, member } = team;
  const principals = [
    { name: 'a person', access_token: member.access_token },
    { name: 'another person', access_token: owner.access_token },
    agent,
    await makeAgent(member.client, workspace_id, 'another token of theirs'),
    await makeAgent(owner.client, workspace_id, 'a token of the other person'),
  ];
  const path = `/v1/workspaces/${workspace_id}/projects/${project_id}/tickets`;
  for (let n = 0; n < rounds; n++) {
    const text = `from each ${n}`;
    const write = { path, body: { title: text }, key: `from-each-${n}` };
    const each = await Promise.all(
      principals.map(async (who) => ({
        who,
        answers: await Promise.all([post(stand, who, write), post(stand, who, write)]),
      })),
    );
    for (const { who, answers } of each) {
      if (answers.some(({ status }) => status !== 201)) violate(`a key of ${who.name}: ${statuses(answers)}`);
      const [one, other] = answers;
      if (one.text !== other.text) violate(`a key of ${who.name} has two responses`);
      if (answers.filter(isReplayed).length !== 1) violate(`a key of ${who.name} isn’t their own: it was used before`);
      const known = await outcomesOf(stand, who, write.key);
      if (known.join() !== '201') violate(`a key of ${who.name} has the outcomes: ${known.join()}`);
    }
    const rows = await rowsWith(stand, text);
    if (rows !== principals.length) violate(`one key of ${principals.length} principals: done ${rows} times`);
  }
}
