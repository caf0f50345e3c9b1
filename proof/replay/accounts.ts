import { randomBytes } from 'node:crypto';
import { type BatonClient, createClient } from '../../sdk/index.ts';
import type { Mapping } from '../../server/src/importing/derive.ts';
import { displayName } from '../../server/src/importing/names.ts';
import { eachOf } from './pool.ts';

/** The workspace that a source is replayed in, and everyone who acts there. */
export interface Stage {
  workspace_id: string;
  project_id: string;
  owner: BatonClient;
  /** The client of a person, by the source's name; where the source names nobody, the owner's. */
  clientOf: (name: string | null) => BatonClient;
  /** The id of the person who acts under this name. */
  actorOf: (name: string | null) => string;
  /** The id of the person whom this name assigns, or null for nobody. */
  userOf: (name: string | null) => string | null;
}

interface Actor {
  client: BatonClient;
  user_id: string;
}

/** The names and addresses that people see; in a replay they don't matter. */
export interface Looks {
  workspace: string;
  key: string;
  project: string;
  /** The name and address of the n-th person; the owner is the first. */
  person: (n: number, name: string) => { name: string; email: string };
  password: () => string;
}

function anonymous(): Looks {
  const run = randomBytes(4).toString('hex');
  return {
    workspace: `Replay ${run}`,
    key: 'REPLAY',
    project: 'Replay',
    person: (n, name) => ({ name: displayName(name, 200), email: `person-${n}@${run}.example.com` }),
    password: () => randomBytes(16).toString('base64url'),
  };
}

/** Signs everybody up, and creates a workspace with all of them and a project with the derived workflow. */
export async function setStage(options: {
  base_url: string;
  mapping: Mapping;
  clients: number;
  looks?: Looks | undefined;
  progress: (done: number, all: number) => void;
}): Promise<Stage> {
  const { base_url, mapping, clients, looks = anonymous(), progress } = options;
  let registered = 0;
  const signUp = async (source_name: string): Promise<Actor & { email: string }> => {
    const { name, email } = looks.person(registered++, source_name);
    const client = createClient({ base_url });
    const answer = await client.register({ body: { email, password: looks.password(), name } });
    client.access_token = answer.access_token;
    client.refresh_token = answer.refresh_token;
    return { client, user_id: answer.user.id, email };
  };
  const owner = await signUp('Owner');
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: looks.workspace } });
  const { id: project_id } = await owner.client.create_project({
    workspace_id,
    body: { key: looks.key, name: looks.project, workflow: mapping.workflow },
  });

  const names = [...new Set([...mapping.people.authors, ...mapping.people.assignees])];
  const actors = new Map<string, Actor>();
  await eachOf(names, clients, async (name) => {
    const actor = await signUp(name);
    const invitation = { workspace_id, body: { email: actor.email, role: 'member' as const } };
    const { token } = await owner.client.create_invitation(invitation);
    await actor.client.accept_invitation({ body: { token } });
    actors.set(name, actor);
    progress(actors.size, names.length);
  });
  const actorOf = (name: string | null) => (name === null ? owner : (actors.get(name) ?? owner));
  return {
    workspace_id,
    project_id,
    owner: owner.client,
    clientOf: (name) => actorOf(name).client,
    actorOf: (name) => actorOf(name).user_id,
    userOf: (name) => (name === null ? null : actorOf(name).user_id),
  };
}
