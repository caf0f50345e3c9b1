import { joinWorkspace, registerPerson } from '../../harness/people.ts';
import type { Check, Mutant } from '../check.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

/** The prefix of every comment text that is purged: in the end no table may contain it. */
const purged_mark = 'to be purged:';

interface Revisions {
  data: { version: number; body: string }[];
}

async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const [owner, author, other] = await Promise.all([
    registerPerson(stage),
    registerPerson(stage),
    registerPerson(stage),
  ]);
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Talk' } });
  await joinWorkspace(owner, author, workspace_id, 'member');
  await joinWorkspace(owner, other, workspace_id, 'member');
  const project = await owner.client.create_project({ workspace_id, body: { key: 'TALK', name: 'Talk' } });
  const ticket = await owner.client.create_ticket({ workspace_id, project_id: project.id, body: { title: 'T' } });
  const path = `/v1/workspaces/${workspace_id}/tickets/${ticket.id}/comments`;
  return async (n) => {
    const text = (what: string) => `${n % 2 === 0 ? 'to stay:' : purged_mark} ${what} ${n}`;
    const made = await wire.send({ method: 'POST', path, token: author.access_token, body: { body: text('first') } });
    const at = `${path}/${(JSON.parse(made.text) as { id: string }).id}`;
    const edit = ({ access_token: token }: typeof author, what: string, version: number) =>
      wire.send({ method: 'PATCH', path: at, token, body: { body: text(what), version } });
    const remove = ({ access_token: token }: typeof author) => wire.send({ method: 'DELETE', path: at, token });
    const expectTexts = async (what: string, texts: readonly string[]) => {
      const answer = await wire.send({ method: 'GET', path: `${at}/revisions`, token: owner.access_token });
      const kept = (JSON.parse(answer.text) as Revisions).data.map(({ version, body }) => `${version} ${body}`);
      const expected = texts.map((one, index) => `${index + 1} ${one}`);
      if (kept.join('\n') !== expected.join('\n')) ring.violate(`${what}, the earlier texts are ${kept.join(', ')}`);
    };

    const edits = await atOnce(ring, [
      edit(author, 'second', 1),
      edit(author, 'another second', 1),
      edit(other, 'somebody else’s', 1),
      remove(other),
    ]);
    const edited = statuses(edits);
    if (edited !== '200, 403 forbidden, 403 forbidden, 409 conflict') ring.violate(`two edits of one text: ${edited}`);
    const second = text(edits[0]?.status === 200 ? 'second' : 'another second');
    await expectTexts('after an edit', [text('first')]);

    const ends = await atOnce(ring, [edit(author, 'third', 2), remove(author)]);
    const ended = statuses(ends);
    if (ended !== '200, 204' && ended !== '204, 409 conflict') ring.violate(`an edit and a deletion: ${ended}`);
    const third = ends[0]?.status === 200 ? [text('third')] : [];
    const texts = [text('first'), second, ...third];
    await expectTexts('after a deletion', texts);

    if (n % 2 === 0) return true;
    const purge = () => wire.send({ method: 'POST', path: `${at}/purge`, token: owner.access_token });
    const purges = statuses(await atOnce(ring, [purge(), purge()]));
    if (purges !== '200, 200') ring.violate(`two purges: ${purges}`);
    await expectTexts('after a purge', Array<string>(texts.length + 1).fill('')); // the deleted text was empty, too
    return true;
  };
}

/** Finds the tables that still contain a purged text. */
async function findPurged({ stage, violate }: Ring): Promise<void> {
  const { owner } = stage.database;
  const { rows } = await owner.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname = 'public'`,
  );
  for (const { name } of rows) {
    const { rows: left } = await owner.query<{ row: string }>(
      `select t::text as row from ${name} t where t::text like $1 limit 1`,
      [`%${purged_mark}%`],
    );
    for (const { row } of left) violate(`${name} has a text that was purged: ${row}`);
  }
}

const broken = (file: string, find: string, replace: string): Mutant => ({
  source: [{ file: `comments/${file}`, find, replace }],
});

export const comments: Check = {
  id: 'comments',
  promises: ['P2', 'P3', 'P10'],
  says: 'If two edits are based on the same text of a comment, one happens. Every earlier text is kept, only the author can change a comment, and a purged text is nowhere any more.',
  run: (run, size) => runRounds(run, size, openLane, findPurged),
  slice: 0.01,
  control_size: 0.05,
  controls: {
    'the comment is not locked': broken('queries.ts', 'for no key update of c`', '`'),
    'an edit loses the text before it': broken(
      'queries.ts',
      'tx.send(sql`\n    insert into comment_revisions',
      'if (false) tx.send(sql`\n    insert into comment_revisions',
    ),
    'anybody may edit': broken('edit.ts', 'comment.author_id !== actor.user_id', 'false'),
    'anybody may delete': broken('delete.ts', 'comment.author_id !== actor.user_id', 'false'),
    'the audit log keeps the text': broken(
      'change.ts',
      'mentions }) },\n    at: before.at,',
      'mentions }), body: after.body } as never,\n    at: before.at,',
    ),
    'a purge leaves the earlier texts': {
      ddl: [
        `create function leave_it() returns trigger language plpgsql as 'begin return null; end'`,
        `create trigger leave_it before update on comment_revisions for each row execute function leave_it()`,
      ],
    },
  },
};
