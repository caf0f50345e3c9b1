import { joinWorkspace, type Person, registerPerson } from '../../proof/harness/people.ts';
import { signIn, type Stage, type Tab } from './browser.ts';

/** A workspace with a project, its owner and a member, as it is after some days of work. */
export interface Harbour {
  workspace_id: string;
  project_id: string;
  ada: Person;
  grace: Person;
}

export async function makeHarbour({ server }: Stage): Promise<Harbour> {
  const ada = await registerPerson(server, { name: 'Ada Lovelace' });
  const grace = await registerPerson(server, { name: 'Grace Hopper' });
  const { id: workspace_id } = await ada.client.create_workspace({ body: { name: 'Harbour' } });
  await joinWorkspace(ada, grace, workspace_id, 'member');
  const body = { key: 'ENG', name: 'Engineering', workflow: 'standard' as const };
  const { id: project_id } = await ada.client.create_project({ workspace_id, body });
  return { workspace_id, project_id, ada, grace };
}

/** Opens a page as somebody. */
export async function openAs(stage: Stage, person: Person, where: string): Promise<Tab> {
  const tab = await stage.open(`/signin?next=${encodeURIComponent(where)}`);
  await signIn(tab.page, person);
  await tab.page.waitForURL((url) => url.pathname + url.search === where);
  return tab;
}
