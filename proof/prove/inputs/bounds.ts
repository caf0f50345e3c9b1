import { presets } from '../../../server/src/projects/workflow-definition.ts';
import { joinWorkspace, type Person, registerPerson, someAddress } from '../../harness/people.ts';
import { any_version, Wire, type WireRequest } from '../../harness/wire.ts';
import { type Check, type Finding, type Mutant, type Run, scaled } from '../check.ts';
import { inParallel, type Stage, setStage } from '../stage.ts';

const at_once = 8;
const processes = 2;
const pool_size = 8;
/** How many requests of an account may pass a quota together: as many as the account has connections, a quarter of each pool. */
const passing = (processes * pool_size) / 4;
const max_mib = 4;
const text_bytes = 2 ** 19;
const read_mib = 20;

/** A quota, a request that uses it, and by how much it may be exceeded. */
interface Quota {
  name: string;
  limit: number;
  slack: number;
  tries: number;
  use: (n: number) => WireRequest;
}

/** Uses each quota up and goes on, and records requests that were wrongly granted or refused. */
class Bounds {
  readonly violations: string[] = [];
  requests = 0;
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async exceed({ name, limit, slack, tries, use }: Quota): Promise<void> {
    let granted = 0;
    await inParallel(tries, at_once, async (n) => {
      const { status, text } = await this.#wire.send(use(n));
      this.requests++;
      if (status < 300) granted++;
      else if (status !== 409 || (JSON.parse(text) as { quota?: string }).quota !== name) {
        this.violations.push(`${name}: responded ${status} ${text.slice(0, 200)}`);
      }
    });
    if (granted < limit || granted > limit + slack) {
      this.violations.push(`${name}: ${granted} of ${tries} granted, where ${limit} to ${limit + slack} may be`);
    }
  }

  /**
   * Asks for large responses faster than allowed. It must get no more bytes than `mib` allows, plus those already in progress.
   */
  async drink(who: string, requests: readonly WireRequest[], mib: number): Promise<void> {
    const started = performance.now();
    let bytes = 0;
    let refused = 0;
    await inParallel((4 * mib * 2 ** 20) / text_bytes, at_once, async (n) => {
      const { status, text } = await this.#wire.send(requests[n % requests.length] as WireRequest);
      this.requests++;
      if (status === 200) bytes += text.length;
      else if (status === 429) refused++;
      else this.violations.push(`large responses: responded ${status}`);
    });
    const minutes = (performance.now() - started) / 60_000;
    const most = mib * 2 ** 20 * (1 / 16 + minutes) + at_once * 1.1 * text_bytes;
    if (bytes > most || refused === 0) {
      this.violations.push(`${who}: ${Math.round(bytes / 2 ** 20)} MiB of responses within ${minutes.toFixed(1)} min`);
    }
  }
}

const post = ({ access_token: token }: Person, path: string, body: unknown): WireRequest => ({
  method: 'POST',
  path,
  token,
  body,
});

/** Each quota has its own workspace, so that no other quota's load uses it up. */
async function quotasOf(stage: Stage, limit: number): Promise<Quota[]> {
  const owner = await registerPerson(stage);
  const tries = 2 * (limit + passing);
  const place = async () => {
    const { id } = await owner.client.create_workspace({ body: { name: 'Full' } });
    return `/v1/workspaces/${id}`;
  };
  const project = async () => {
    const at = await place();
    const workspace_id = at.slice('/v1/workspaces/'.length);
    const { id } = await owner.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Eng' } });
    return { at: `${at}/projects/${id}`, workspace_id, project_id: id };
  };
  const [projects, invitations, versions, tickets, bytes] = [
    await place(),
    await place(),
    await project(),
    await project(),
    await project(),
  ];
  const { workspace_id, project_id } = bytes;
  const ticket = await owner.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
  const comments = `/v1/workspaces/${workspace_id}/tickets/${ticket.id}/comments`;
  const body = 'x'.repeat(text_bytes);
  const counted = { limit, tries, slack: passing };
  return [
    {
      ...counted,
      name: 'projects_per_workspace',
      use: (n) => post(owner, `${projects}/projects`, { key: `P${n}`, name: 'P' }),
    },
    {
      ...counted,
      name: 'open_invitations_per_workspace',
      use: () => post(owner, `${invitations}/invitations`, { email: someAddress(), role: 'viewer' }),
    },
    {
      ...counted,
      name: 'workflow_versions_per_project',
      limit: limit - 1, // the first was created with the project
      slack: 0,
      use: () => ({
        ...post(owner, `${versions.at}/workflow`, presets.standard),
        ...{ method: 'PUT', headers: any_version },
      }),
    },
    {
      ...counted,
      name: 'tickets_per_project',
      slack: 0,
      use: () => post(owner, `${tickets.at}/tickets`, { title: 'T' }),
    },
    {
      name: 'mib_per_workspace',
      limit: (max_mib * 2 ** 20) / text_bytes,
      slack: passing + processes,
      tries: 40,
      use: () => post(owner, comments, { body }),
    },
    // This one is last: by now the account owns five.
    {
      ...counted,
      name: 'workspaces_per_account',
      limit: limit - 5,
      use: () => post(owner, '/v1/workspaces', { name: 'Another' }),
    },
  ];
}

/** Each guest is another account, with its own connections. They join one after the other, so that none pass together. */
async function invite(stage: Stage, limit: number, bounds: Bounds): Promise<void> {
  const owner = await registerPerson(stage);
  const { id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Full' } });
  const join = async () => {
    const guest = await registerPerson(stage);
    return joinWorkspace(owner, guest, workspace_id, 'viewer').then(
      () => true,
      (error: { body?: { quota?: string } }) => {
        if (error.body?.quota !== 'members_per_workspace') throw error;
        return false;
      },
    );
  };
  for (let members = 1; members < limit; members++) {
    if (!(await join())) bounds.violations.push(`members_per_workspace: refused beside ${members} members`);
  }
  if (await join()) bounds.violations.push('members_per_workspace: one more is granted');
  bounds.requests += 3 * limit;
}

/** Checks the rate of large responses: for one account, and for all accounts of a network twice that. */
async function readTooMuch(run: Run): Promise<Bounds> {
  const stage = await setStage(run, { BATON_READ_MIB_PER_MINUTE: String(read_mib) });
  const wire = new Wire(stage.url, at_once);
  const bounds = new Bounds(wire);
  let readers = 0;
  const reader = async (): Promise<WireRequest> => {
    const from = `127.9.3.${++readers}`; // so that creating the comment doesn't count for another reader's network
    const person = await registerPerson(stage);
    const { client } = person;
    const { id: workspace_id } = await client.create_workspace({ body: { name: 'Long' } });
    const { id: project_id } = await client.create_project({ workspace_id, body: { key: 'ENG', name: 'Eng' } });
    const { id } = await client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
    const path = `/v1/workspaces/${workspace_id}/tickets/${id}/comments`;
    const made = await wire.send({ ...post(person, path, { body: 'x'.repeat(text_bytes) }), from });
    if (made.status !== 201) bounds.violations.push(`a comment: responded ${made.status}`);
    return { method: 'GET', path, token: person.access_token };
  };
  const alone = { ...(await reader()), from: '127.9.1.1' };
  const together: WireRequest[] = [];
  // So many that without the limit for a network they would get far more than the responses in progress.
  for (let n = 0; n < 20; n++) together.push({ ...(await reader()), from: '127.9.2.1' });
  await bounds.drink('an account', [alone], read_mib);
  await bounds.drink('the accounts of a network', together, 2 * read_mib);
  wire.close();
  bounds.violations.push(...(await stage.strike()));
  return bounds;
}

async function useUp(run: Run, limit: number): Promise<Bounds> {
  const stage = await setStage(run, {
    WEB_CONCURRENCY: String(processes),
    BATON_POOL_SIZE: String(pool_size),
    BATON_MAX_WORKSPACES_PER_ACCOUNT: String(limit),
    BATON_MAX_MEMBERS_PER_WORKSPACE: String(limit),
    BATON_MAX_OPEN_INVITATIONS_PER_WORKSPACE: String(limit),
    BATON_MAX_PROJECTS_PER_WORKSPACE: String(limit),
    BATON_MAX_WORKFLOW_VERSIONS_PER_PROJECT: String(limit),
    BATON_MAX_TICKETS_PER_PROJECT: String(limit),
    BATON_MAX_MIB_PER_WORKSPACE: String(max_mib),
  });
  const wire = new Wire(stage.url, at_once);
  const bounds = new Bounds(wire);
  const quotas = await quotasOf(stage, limit);
  for (const [n, quota] of quotas.entries()) {
    await bounds.exceed(quota);
    run.progress((0.8 * (n + 1)) / quotas.length);
  }
  await invite(stage, limit, bounds);
  wire.close();
  bounds.violations.push(...(await stage.strike()));
  return bounds;
}

async function exceed(run: Run, size: number): Promise<Finding> {
  const limit = scaled(60, size, 12);
  const used = await useUp(run, limit);
  const read = await readTooMuch(run);
  return {
    load: { quotas: 7, limit, requests: used.requests + read.requests, at_once, processes },
    figures: {},
    violations: [...used.violations, ...read.violations],
  };
}

const broken = (file: string, find: string, replace: string): Mutant => ({ source: [{ file, find, replace }] });

export const bounds: Check = {
  id: 'bounds',
  promises: ['P22', 'P32'],
  says: 'Once a quota is used up, every process refuses with the quota’s name. Large responses beyond the rate of an account or a network are refused.',
  run: exceed,
  slice: 0, // server/src/quotas/quotas.test.ts uses up each quota
  control_size: 0.2,
  controls: {
    'rows are not counted': broken('quotas/quotas.ts', 'await countUpTo(db, limit, rows)', '0'),
    // With one of the two, the other would still refuse.
    'tickets are not counted': {
      source: [
        { file: 'tickets/create.ts', find: 'project.number - 1);', replace: '0);' },
        { file: 'projects/queries.ts', find: 'p.last_number < ${max}', replace: '${max}::integer > 0' },
      ],
      noticed_by: 'granted, where',
    },
    'versions of workflows are not counted': broken(
      'projects/replace-workflow.ts',
      'max_workflow_versions_per_project, project.workflow_version)',
      'max_workflow_versions_per_project, 0)',
    ),
    'bytes are not counted': broken('quotas/usage.ts', 'weigh(bytes, Math.random())', '0'),
    'responses are not charged': broken('http/send.ts', 'served.charge(holder, bytes);', ''),
    'responses are charged to accounts alone': broken(
      'http/served.ts',
      'this.#networks.charge(network, now, bytes);',
      '',
    ),
  },
};
