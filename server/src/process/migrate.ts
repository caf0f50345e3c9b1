import { migrate } from '../db/migrate.ts';
import { connectTo, type Login, type Waiting } from './connect.ts';

/** Brings the schema up to date, as soon as the login can connect. Returns what was applied. */
export async function migrateAs(owner: Login, waiting: Waiting): Promise<string[]> {
  const client = await connectTo(owner, waiting);
  await client.end();
  return migrate({ url: owner.url, log: waiting.log });
}
