import type pg from 'pg';
import { schemaState } from '../db/schema-state.ts';
import type { Lifecycle } from '../http/probes.ts';

const look_again_ms = 1_000;

export interface SchemaWatch {
  /** Resolves when the schema that this code needs is there; never, if it is stopped before. */
  ready: Promise<void>;
  stop: () => void;
}

/** Keeps the process from being ready until the schema that its code needs is there. After that it costs nothing. */
export async function watchSchema(
  pool: pg.Pool,
  lifecycle: Lifecycle,
  say: (text: string) => void,
): Promise<SchemaWatch> {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const before = lifecycle.waits_for;
    try {
      const { fault, newer } = await schemaState(pool);
      lifecycle.waits_for = fault;
      if (fault !== undefined && fault !== before) say(`Not ready: ${fault}`);
      if (newer !== undefined) say(`Warning: ${newer}`);
      if (fault === undefined && before !== undefined) say('Ready: the schema is there now.');
    } catch {
      lifecycle.waits_for = before ?? 'The database can’t be reached.'; // the log and readiness say why
    }
    if (lifecycle.waits_for === undefined) resolve();
    else timer = setTimeout(() => void look(), look_again_ms).unref();
  };
  await look();
  return { ready, stop: () => clearTimeout(timer) };
}
