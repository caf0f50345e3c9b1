import { migrate } from '../db/migrate.ts';
import { schemaState } from '../db/schema-state.ts';
import { connectTo, type Login, type Waiting } from './connect.ts';

/** Brings the schema up to date, as soon as the login can connect. Returns what was applied. */
export async function migrateAs(owner: Login, waiting: Waiting): Promise<string[]> {
  const client = await connectTo(owner, waiting);
  await client.end();
  return migrate({ url: owner.url, log: waiting.log });
}

/** What a newer version has migrated, in words; undefined if nothing. */
export async function newerSchema(owner: Login): Promise<string | undefined> {
  const client = await connectTo(owner, { wait_s: 0, log: () => undefined });
  try {
    return (await schemaState(client)).newer;
  } finally {
    await client.end();
  }
}
