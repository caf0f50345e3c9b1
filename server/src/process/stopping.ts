const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
// npm sends on what the terminal has sent already: one Ctrl-C comes twice, where the shell between is no process.
const one_ctrl_c_ms = 1_000;

/** A closed terminal or pipe ends nothing: what nobody reads need not be written, least of all while stopping. */
export function ignoreLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    });
  }
}

export interface Stopping {
  /** Stops as a signal would, and ends with 1 for this reason. */
  fail: (reason: string) => void;
  /** From now on signals and errors have their usual effect. */
  release: () => void;
}

/**
 * Calls `stop` for the first signal or uncaught error, and ends the process when it is done: with 0 after a signal, else
 * with 1. A second Ctrl-C, or a stop that takes longer than it may, ends it at once.
 */
export function stopOnSignal(options: { timeout_ms: number; stop: () => Promise<void> }): Stopping {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  let began: number | undefined;
  const begin = (code: number) => {
    if (began !== undefined) return;
    began = Date.now();
    setTimeout(() => {
      say(`Did not stop in ${options.timeout_ms / 1000} s.`);
      process.exit(1);
    }, options.timeout_ms).unref();
    options.stop().then(
      () => process.exit(code),
      (error: unknown) => {
        say(error instanceof Error ? error.message : String(error));
        process.exit(1);
      },
    );
  };
  const onSignal = () => {
    if (began !== undefined && Date.now() - began > one_ctrl_c_ms) process.exit(1);
    begin(0);
  };
  const onError = (error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    if (began !== undefined) process.exit(1);
    begin(1);
  };
  for (const signal of signals) process.on(signal, onSignal);
  process.on('uncaughtException', onError); // rejections that nobody handles, too
  return {
    fail: (reason) => {
      say(reason);
      begin(1);
    },
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
    },
  };
}

/** Has signals end the process with its exit hooks run, which take down what was started. */
export function exitOnSignal(): void {
  for (const signal of signals) process.once(signal, () => process.exit(1));
}
