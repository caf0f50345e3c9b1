import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { makeTicket, type Team } from '../../../harness/make.ts';
import type { Person } from '../../../harness/people.ts';

export const mib = 2 ** 20;

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A file of a ticket, and the bytes that it must have. */
export interface Sent {
  id: string;
  size: number;
  hash: string;
}

/** A response, as far as the check looks at it. */
export interface Seen {
  status: number;
  code: string | undefined;
  retry_after: string | null;
}

/** Sends, reads and removes files of one ticket through the API. */
export class Desk {
  readonly #url: string;
  readonly #team: Team;
  readonly #at: { workspace_id: string; ticket: string };

  static async of(url: string, team: Team): Promise<Desk> {
    const { id: ticket } = await makeTicket(team);
    return new Desk(url, team, { workspace_id: team.workspace_id, ticket });
  }

  private constructor(url: string, team: Team, at: { workspace_id: string; ticket: string }) {
    this.#url = url;
    this.#team = team;
    this.#at = at;
  }

  get #files(): string {
    return `/v1/workspaces/${this.#at.workspace_id}/tickets/${this.#at.ticket}/attachments`;
  }

  /** The people who may add files. */
  get senders(): Person[] {
    return [this.#team.member, this.#team.admin, this.#team.owner];
  }

  get readers(): Person[] {
    return [...this.senders, this.#team.viewer];
  }

  async send(size: number, { access_token }: Person = this.#team.member): Promise<Sent | Seen> {
    const body = randomBytes(size);
    const response = await fetch(`${this.#url}${this.#files}?name=a`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
      body,
    });
    const { id, checksum: hash, code } = (await response.json()) as { id: string; checksum: string; code?: string };
    if (response.status === 201 && hash === hashOf(body)) return { id, size, hash };
    return { status: response.status, code, retry_after: response.headers.get('retry-after') };
  }

  /** Sends a file that must be accepted. */
  async add(size: number, person?: Person): Promise<Sent> {
    const sent = await this.send(size, person);
    if ('id' in sent) return sent;
    throw new Error(`a file of ${size} bytes: responded ${sent.status} ${sent.code}`);
  }

  /** Sends the first bytes of a file on a connection that stays open. */
  begin(size: number, first: number): { socket: Socket; received: () => string; rest: () => void } {
    const { port } = new URL(this.#url);
    const socket = connect(Number(port), '127.0.0.1');
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined); // the server may close it
    socket.write(
      `POST ${this.#files}?name=a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${this.#team.member.access_token}\r\nContent-Length: ${size}\r\n\r\n`,
    );
    socket.write(randomBytes(first));
    return { socket, received: () => received, rest: () => void socket.write(randomBytes(size - first)) };
  }

  async addressOf({ id }: Sent, { client }: Person = this.#team.viewer): Promise<string> {
    return (await client.get_attachment_link({ ...this.#at, attachment_id: id })).path;
  }

  /** Reads a file to its end. Returns what is wrong with it, or how it was refused. */
  async read(file: Sent, person?: Person): Promise<string | Seen | undefined> {
    const response = await fetch(this.#url + (await this.addressOf(file, person)));
    if (response.status !== 200) {
      const { code } = (await response.json()) as { code?: string };
      return { status: response.status, code, retry_after: response.headers.get('retry-after') };
    }
    const bytes = await response.arrayBuffer();
    return hashOf(new Uint8Array(bytes)) === file.hash
      ? undefined
      : `${bytes.byteLength} of ${file.size} bytes came back`;
  }

  /** Requests a file, and reads nothing of it but what the system takes in by itself. */
  async stall(file: Sent, person: Person): Promise<Socket> {
    const address = await this.addressOf(file, person);
    const socket = connect(Number(new URL(this.#url).port), '127.0.0.1');
    socket.on('error', () => undefined); // the server may close it
    socket.write(`GET ${address} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    return socket;
  }

  async remove({ id: attachment_id }: Sent): Promise<number> {
    return (await this.#team.admin.client.raw.remove_attachment({ ...this.#at, attachment_id })).status;
  }

  /** How many files the ticket has. */
  async count(): Promise<number> {
    return (await this.#team.viewer.client.list_attachments(this.#at)).data.length;
  }
}
