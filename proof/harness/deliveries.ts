import { pino } from 'pino';
import { createPool } from '../../server/src/db/pool.ts';
import { notificationLoop, Notifier } from '../../server/src/notifications/notifier.ts';
import { createDeliverer, deliveryLoop } from '../../server/src/webhooks/deliverer.ts';
import { keepNumbering } from './events.ts';
import type { TestServer } from './server.ts';

/** Numbers events, notifies people of them and delivers them to webhooks, as the worker does, until it is stopped. */
export function keepDelivering(
  { database, config }: Pick<TestServer, 'database' | 'config'>,
  log_to: (line: string) => void = (line) => process.stderr.write(line),
): { stop: () => Promise<void> } {
  const log = pino({ level: 'warn' }, { write: log_to });
  const limits = { max: 4, statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: database.url, role: 'baton_worker', ...limits });
  const deliverer = createDeliverer(pool, config, log);
  const numbering = keepNumbering(database.url);
  const loops = [deliveryLoop(deliverer, log), notificationLoop(new Notifier(pool, log), log)];
  for (const loop of loops) loop.start();
  return {
    stop: async () => {
      await numbering.stop();
      await Promise.all(loops.map((loop) => loop.stop(10_000)));
      await deliverer.stop(10_000);
      await pool.end();
    },
  };
}
