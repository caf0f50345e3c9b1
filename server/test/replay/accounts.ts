import { randomBytes } from 'node:crypto';
import { type BatonClient, createClient } from '../../../sdk/index.ts';
import type { Mapping } from './derive.ts';
import { displayName } from './names.ts';
import { eachOf } from './pool.ts';

/** The workspace a source is replayed in, and whoever acts there. */
export interface Stage {
  workspace_id: string;
  project_id: string;
  owner: BatonClient;
  /** By the source's name; whom it doesn't name, the owner stands for. */
  clientOf: (name: string | null) => BatonClient;
  userOf: (name: string | null) => string | null;
}

interface Actor {
  client: BatonClient;
  user_id: string;
}

/** Signs everybody up, makes a workspace with all of them, and a project with the derived workflow. */
export async function setStage(options: {
  base_url: string;
  mapping: Mapping;
  clients: number;
  progress: (done: number, all: number) => void;
}): Promise<Stage> {
  const { base_url, mapping, clients, progress } = options;
  const run = randomBytes(4).toString('hex');
  let registered = 0;
  const signUp = async (name: string): Promise<Actor & { email: string }> => {
    const email = `person-${registered++}@${run}.example.com`;
    const client = createClient({ base_url });
    const password = randomBytes(16).toString('base64url');
    const answer = await client.register({ body: { email, password, name: displayName(name, 200) || 'Somebody' } });
    client.access_token = answer.access_token;
    return { client, user_id: answer.user.id, email };
  };
  const owner = await signUp('Owner');
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: `Replay ${run}` } });
  const { id: project_id } = await owner.client.create_project({
    workspace_id,
    body: { key: 'REPLAY', name: 'Replay', workflow: mapping.workflow },
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
    userOf: (name) => (name === null ? null : actorOf(name).user_id),
  };
}
