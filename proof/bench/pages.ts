import type { BatonClient } from '../../sdk/index.ts';
import { conformingClient } from '../harness/conformance.ts';
import { Wire } from '../harness/wire.ts';
import { quantile } from '../prove/stage.ts';
import type { Bed } from './bed.ts';
import { cpuOf, cpuOfChildren } from './cpu.ts';
import type { Target } from './targets.ts';

/** The cost of the most expensive page of its kind, one request at a time. */
export interface Page {
  name: string;
  says: string;
  items: number;
  bytes: number;
  p50_ms: number;
  server_cpu_ms: number;
  database_cpu_ms: number;
}

const requests = 100;
const long_length = 16_000;

/**
 * Creates projects whose descriptions fill a page to its limit in bytes: with ordinary text, and with characters that take six
 * bytes in JSON.
 */
async function makeLong(client: BatonClient, workspace_id: string): Promise<{ plain: string; control: string }> {
  const make = async (key: string, description: string, tickets: number) => {
    const { id } = await client.create_project({ workspace_id, body: { key, name: key } });
    for (let n = 0; n < tickets; n++) {
      const body = { title: 'A long description', description };
      await client.create_ticket({ workspace_id, project_id: id, body });
    }
    return id;
  };
  const sentence = 'What happens, and what should. ';
  const plain = await make('LONG', sentence.repeat(long_length / sentence.length), 100);
  const control = await make('CTRL', '\u0001'.repeat(long_length), 20);
  return { plain, control };
}

export async function measurePages(target: Target, bed: Bed): Promise<Page[]> {
  const place = bed.places.at(-1);
  if (place === undefined) throw new Error('There is no place to list.');
  const { workspace_id } = place;
  const { plain, control } = await makeLong(conformingClient(target.url, target.token), workspace_id);
  const list = `/v1/workspaces/${workspace_id}/tickets?limit=100`;
  const pages = [
    {
      name: 'worst list',
      says: 'no ticket matches the filters, ordered by last activity: the page reads the most rows that a page may read, and shows none',
      path: `${list}&status=closed&priority=medium&label=bench&reporter=me&sort=-last_activity_at`,
    },
    {
      name: 'bytes',
      says: 'as many descriptions of ordinary text as the limit in bytes allows',
      path: `${list}&project_id=${plain}&fields=description`,
    },
    {
      name: 'control characters',
      says: 'the same with control characters, each of which takes six bytes in JSON',
      path: `${list}&project_id=${control}&fields=description`,
    },
  ];
  const measured: Page[] = [];
  for (const { name, says, path } of pages) measured.push({ name, says, ...(await measurePage(target, bed, path)) });
  return measured;
}

async function measurePage(target: Target, { postmaster }: Bed, path: string): Promise<Omit<Page, 'name' | 'says'>> {
  const wire = new Wire(target.url, 1);
  const send = () => wire.send({ method: 'GET', path, token: target.token });
  const { status, text } = await send();
  if (status !== 200) throw new Error(`${path} responded ${status}.`);
  const { data } = JSON.parse(text) as { data: unknown[] };
  const latencies_ms: number[] = [];
  const [server_before, database_before] = [cpuOf(target.pid), cpuOfChildren(postmaster)];
  for (let n = 0; n < requests; n++) {
    const sent = performance.now();
    await send();
    latencies_ms.push(performance.now() - sent);
  }
  wire.close();
  return {
    items: data.length,
    bytes: Buffer.byteLength(text),
    p50_ms: quantile(latencies_ms, 0.5),
    server_cpu_ms: (cpuOf(target.pid) - server_before) / requests / 1000,
    database_cpu_ms: (cpuOfChildren(postmaster) - database_before) / requests / 1000,
  };
}
