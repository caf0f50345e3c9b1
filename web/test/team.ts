import { joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import type { Proxy } from '../../proof/harness/proxy.ts';
import { signIn, type Stage, type Tab } from './browser.ts';

/** A workspace with a project, its owner and a member. */
export interface Harbour {
  workspace_id: string;
  project_id: string;
  ada: Person;
  grace: Person;
}

/** Creates a workspace without a project, and returns its owner and a member. */
export async function makeMembers({ server }: Stage, names: { owner: string; member: string }) {
  const [owner, member] = await Promise.all([
    registerPerson(server, { name: names.owner }),
    registerPerson(server, { name: names.member }),
  ]);
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Harbour' } });
  await joinWorkspace(owner, member, workspace_id, 'member');
  return { workspace_id, owner, member };
}

/** Creates a workspace with a project and tickets with these titles. */
export async function makeHarbour(stage: Stage, titles: readonly string[] = []): Promise<Harbour> {
  const names = { owner: 'Ada Lovelace', member: 'Grace Hopper' };
  const { workspace_id, owner: ada, member: grace } = await makeMembers(stage, names);
  const body = { key: 'ENG', name: 'Engineering', workflow: 'standard' as const };
  const { id: project_id } = await ada.client.create_project({ workspace_id, body });
  for (const title of titles) await ada.client.create_ticket({ workspace_id, project_id, body: { title } });
  return { workspace_id, project_id, ada, grace };
}

/** Opens a page as somebody. */
export async function openAs(stage: Stage, person: Person, where: string): Promise<Tab> {
  const tab = await stage.open(`/signin?next=${encodeURIComponent(where)}`);
  await signIn(tab.page, person);
  await tab.page.waitForURL((url) => url.pathname + url.search === where);
  return tab;
}

/** Opens a page as somebody through the proxy, which can cut the connection. */
export async function openBy(line: Proxy, stage: Stage, person: Person, where: string): Promise<Tab> {
  const { origin } = new URL(line.url);
  const tab = await stage.open('/signin');
  await tab.page.goto(`${origin}/signin`);
  tab.faults.length = 0;
  await signIn(tab.page, person);
  await tab.page.waitForURL(/\/w\//);
  await tab.page.goto(origin + where);
  return tab;
}
