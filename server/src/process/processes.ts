import cluster, { type Worker as Child } from 'node:cluster';
import { ConfigError } from '../config.ts';
import { answerMetrics } from '../http/metrics.ts';
import type { Listening } from './listen.ts';
import { outliveOutput } from './stopping.ts';

/** The messages between the primary and the processes. */
type Message = { listening: string } | { refused: string } | { stop: true };

const max_restart_delay_ms = 10_000;

/** Runs several processes on one port. One that dies is replaced, more slowly after each death in a row. */
export async function startProcesses(count: number, env: Record<string, string>): Promise<Listening> {
  let stopping = false;
  let deaths = 0;
  answerMetrics();
  const starting = new Set<Promise<string>>();
  const fork = () => {
    const started = new Promise<string>((resolve, reject) => {
      const child = cluster.fork(env);
      child.on('message', (message: Message) => {
        if ('listening' in message) resolve(message.listening);
        if ('refused' in message) reject(new ConfigError(message.refused));
      });
      // If nobody listened to it, the error of a message to a process that has just died would end the primary, too.
      child.on('error', (error) => {
        if (child.process.pid === undefined) throw error; // it could not be started
      });
      child.once('exit', (code) => {
        reject(new Error(`A process ended with ${code} before it served.`));
        if (stopping) return;
        deaths++;
        setTimeout(
          () => {
            if (!stopping)
              fork().then(
                () => (deaths = 0),
                () => undefined,
              );
          },
          Math.min(100 * 2 ** deaths, max_restart_delay_ms),
        );
      });
    });
    starting.add(started);
    const forget = () => starting.delete(started);
    started.then(forget, forget);
    return started;
  };
  const stop = async () => {
    stopping = true;
    await Promise.allSettled(starting); // before it listens, a process receives no messages
    const children = Object.values(cluster.workers ?? {}).filter((child): child is Child => child !== undefined);
    await Promise.all(
      children.map(async (child) => {
        if (child.isDead()) return;
        const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
        // A process that could not serve disconnects and ends by itself, perhaps at this moment.
        if (child.isConnected()) child.send({ stop: true } satisfies Message, () => undefined);
        await gone;
      }),
    );
  };
  try {
    const [url = ''] = await Promise.all(Array.from({ length: count }, fork));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs one of several processes: it serves until the primary tells it to stop, or is gone. */
export async function runProcess(start: () => Promise<Listening>): Promise<void> {
  outliveOutput();
  // Ctrl-C and the end of a terminal reach all processes, but the primary decides when they stop.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined);
  try {
    const { url, stop } = await start();
    let stopped: Promise<void> | undefined;
    const end = () => {
      stopped ??= stop().then(() => process.exit(0));
    };
    process.on('message', (message: Message) => {
      if ('stop' in message) end();
    });
    process.on('SIGTERM', end);
    process.on('disconnect', end);
    process.send?.({ listening: url } satisfies Message);
  } catch (error) {
    process.send?.({ refused: error instanceof Error ? error.message : String(error) } satisfies Message);
    process.exitCode = 1;
    process.disconnect?.();
  }
}
