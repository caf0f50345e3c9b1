import { setTimeout as sleep } from 'node:timers/promises';
import { disableUser, enableUser } from '../../../server/src/accounts/operator.ts';
import { joinWorkspace, type Person, registerPerson } from '../../harness/people.ts';
import { any_version, type Wire, type WireAnswer, type WireRequest } from '../../harness/wire.ts';
import type { Stage } from '../stage.ts';
import { sessionOf } from './tokens.ts';

/** The ways to lose access. */
export const kinds = [
  'role',
  'removal',
  'logout',
  'session',
  'password',
  'disabling',
  'token',
  'token_removal',
] as const;
export type Kind = (typeof kinds)[number];

/** The statuses of the very next read and write. */
const afterwards: Record<Kind, { read: number; write: number }> = {
  role: { read: 200, write: 403 },
  removal: { read: 404, write: 404 },
  logout: { read: 401, write: 401 },
  session: { read: 401, write: 401 },
  password: { read: 401, write: 401 },
  disabling: { read: 401, write: 401 },
  token: { read: 401, write: 401 },
  token_removal: { read: 401, write: 401 },
};

/** One loss of access. */
export interface Loss {
  /** The statuses of the requests that were in progress. */
  meanwhile: number[];
  refused_after_ms: number;
  violations: string[];
}

/**
 * A member who repeatedly loses access and gets it back. Access is taken on server `here`; the member's requests go to server
 * `there`.
 */
export class Guest {
  readonly #stage: Stage;
  readonly #host: Person;
  #self: Person;
  readonly #here: Wire;
  readonly #there: Wire;
  readonly #workspace: string;
  readonly #ticket: string;
  #password: string;
  #changes = 0;
  /** The id of the API token in use. */
  #token_id = '';

  static async invite(stage: Stage, here: Wire, there: Wire): Promise<Guest> {
    const [host, self] = await Promise.all([registerPerson(stage), registerPerson(stage)]);
    const { id: workspace_id } = await host.client.create_workspace({ body: { name: 'Ours' } });
    await joinWorkspace(host, self, workspace_id, 'member');
    const { id: project_id } = await host.client.create_project({ workspace_id, body: { key: 'ENG', name: 'Eng' } });
    const ticket = await host.client.create_ticket({ workspace_id, project_id, body: { title: 'A ticket' } });
    return new Guest({ stage, host, self, here, there, workspace_id, ticket_id: ticket.id });
  }

  constructor(parts: {
    stage: Stage;
    host: Person;
    self: Person;
    here: Wire;
    there: Wire;
    workspace_id: string;
    ticket_id: string;
  }) {
    this.#stage = parts.stage;
    this.#host = parts.host;
    this.#self = parts.self;
    this.#here = parts.here;
    this.#there = parts.there;
    this.#workspace = `/v1/workspaces/${parts.workspace_id}`;
    this.#ticket = `${this.#workspace}/tickets/${parts.ticket_id}`;
    this.#password = parts.self.password;
  }

  /** Takes away the access while it is in use, and tries again as soon as the loss is acknowledged. */
  async lose(kind: Kind): Promise<Loss> {
    const token = await this.#tokenFor(kind);
    const violations: string[] = [];
    const before = await this.#read(token);
    if (before.status !== 200) violations.push(`not let in before: ${before.status} ${before.text}`);
    const meanwhile = [this.#read(token), this.#write(token)];
    await this.#take(kind, token);
    const acknowledged = performance.now();
    const [read, write] = await Promise.all([this.#read(token), this.#write(token)]);
    const refused_after_ms = performance.now() - acknowledged;
    const expected = afterwards[kind];
    if (read.status !== expected.read) violations.push(`the next read gets ${read.status}`);
    if (write.status !== expected.write) violations.push(`the next write gets ${write.status}`);
    const statuses = (await Promise.all(meanwhile)).map(({ status }) => status);
    for (const status of statuses) if (status >= 500) violations.push(`a request in progress gets ${status}`);
    return { meanwhile: statuses, refused_after_ms, violations };
  }

  /** Restores what was lost; a role in the middle of a write. Returns what was wrong. */
  async regain(kind: Kind): Promise<string[]> {
    if (kind === 'role') return this.#regainRole();
    await this.#restore(kind);
    return [];
  }

  /**
   * The write first asks for its ticket and then waits for its session: when it asks for the ticket the person may not write yet,
   * and when it asks for the role they may. Only a caller who was allowed a moment ago takes this path; the server confirms
   * everybody else before all that.
   */
  async #regainRole(): Promise<string[]> {
    const token = this.#self.access_token;
    await this.#giveRole('member');
    await this.#read(token);
    await this.#giveRole('viewer');
    const locker = await this.#stage.database.owner.connect();
    try {
      await locker.query('begin');
      await locker.query('select 1 from sessions where id = $1 for update', [sessionOf(token)]);
      const write = this.#write(token);
      const waiting = 'select 1 from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))';
      while ((await locker.query(waiting)).rowCount === 0) await sleep(5);
      await this.#giveRole('member');
      await locker.query('commit');
      const { status } = await write;
      return status === 201 ? [] : [`a write whose right came back meanwhile gets ${status}`];
    } finally {
      locker.release();
    }
  }

  async #restore(kind: Kind): Promise<void> {
    if (kind === 'disabling') {
      await enableUser(this.#stage.database.owner, this.#self.email);
      this.#self = { ...this.#self, access_token: await this.#signIn() }; // disabling ended the earlier session
    }
    if (kind !== 'removal' && kind !== 'token_removal') return;
    const email = this.#self.email;
    const path = `${this.#workspace}/invitations`;
    const invitation = await this.#ask({
      ...{ method: 'POST', path, token: this.#host.access_token },
      body: { email, role: 'member' },
    });
    const { token } = JSON.parse(invitation.text) as { token?: string };
    if (token === undefined) return; // a broken build that didn't remove them
    const accept = { method: 'POST', path: '/v1/invitations/accept', token: this.#self.access_token };
    await this.#done({ ...accept, body: { token } });
  }

  /** A session that will be ended is a new one; the first session stays, to end the others. */
  async #tokenFor(kind: Kind): Promise<string> {
    if (kind === 'role' || kind === 'removal' || kind === 'disabling') return this.#self.access_token;
    if (kind === 'token' || kind === 'token_removal') return this.#apiToken();
    return this.#signIn();
  }

  async #apiToken(): Promise<string> {
    const body = { name: 'Agent', scopes: ['tickets:write'] };
    const path = `${this.#workspace}/tokens`;
    const answer = await this.#done({ method: 'POST', path, token: this.#self.access_token, body });
    const { id, token } = JSON.parse(answer.text) as { id: string; token: string };
    this.#token_id = id;
    return token;
  }

  async #signIn(): Promise<string> {
    const body = { email: this.#self.email, password: this.#password };
    const answer = await this.#done({ method: 'POST', path: '/v1/auth/login', body });
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  }

  async #take(kind: Kind, token: string): Promise<void> {
    const { access_token } = this.#self;
    const member = `${this.#workspace}/members/${this.#self.user.id}`;
    switch (kind) {
      case 'role':
        await this.#giveRole('viewer');
        break;
      case 'removal':
      case 'token_removal':
        await this.#done({ method: 'DELETE', path: member, token: this.#host.access_token });
        break;
      case 'logout':
        await this.#done({ method: 'POST', path: '/v1/auth/logout', token });
        break;
      case 'session':
        await this.#done({ method: 'DELETE', path: `/v1/sessions/${sessionOf(token)}`, token: access_token });
        break;
      case 'password': {
        const new_password = `a new password, the ${++this.#changes}.`;
        const body = { current_password: this.#password, new_password };
        await this.#done({ method: 'PUT', path: '/v1/me/password', token: access_token, body });
        this.#password = new_password;
        break;
      }
      case 'token':
        await this.#done({
          method: 'DELETE',
          path: `${this.#workspace}/tokens/${this.#token_id}`,
          token: access_token,
        });
        break;
      case 'disabling':
        await disableUser(this.#stage.database.owner, this.#self.email);
        break;
    }
  }

  async #giveRole(role: string): Promise<void> {
    const path = `${this.#workspace}/members/${this.#self.user.id}`;
    await this.#done({
      ...{ method: 'PATCH', path, headers: any_version },
      ...{ token: this.#host.access_token, body: { role } },
    });
  }

  #ask(request: WireRequest): Promise<WireAnswer> {
    return this.#here.send(request);
  }

  async #done(request: WireRequest): Promise<WireAnswer> {
    const answer = await this.#ask(request);
    if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text}`);
    return answer;
  }

  #read(token: string): Promise<WireAnswer> {
    return this.#there.send({ method: 'GET', path: this.#ticket, token });
  }

  #write(token: string): Promise<WireAnswer> {
    return this.#there.send({ method: 'POST', path: `${this.#ticket}/comments`, token, body: { body: 'A word.' } });
  }
}
