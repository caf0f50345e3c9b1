const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
// npm passes on the signal that the terminal has sent already, so one Ctrl-C may come twice, if no shell process is
// between them.
const one_ctrl_c_ms = 1_000;

/** Whether the process is there for something else than its output. */
let outlives_output = false;

/**
 * Keeps a closed terminal or pipe from ending the process: nobody reads the output, so it need not be written, least of
 * all while stopping. If the output can't be written for another reason, such as a full disk, a command fails.
 */
export function ignoreLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (outlives_output || code === 'EPIPE' || code === 'EIO') return;
      if (stream === process.stdout) process.stderr.write(`The output can't be written: ${message}.\n`);
      process.exit(1);
    });
  }
}

/** Lets the process go on even if the disk with its output is full, because it serves others. */
export function outliveOutput(): void {
  outlives_output = true;
}

export interface Stopping {
  /** Prints the reason, stops as after a signal, and ends the process with 1. */
  fail: (reason: string) => void;
  /** Gives signals and errors their usual effect again. */
  release: () => void;
}

/**
 * Calls `stop` for the first signal or uncaught error, and ends the process when that is done: with 0 after a signal,
 * otherwise with 1. A second signal, or a stop that takes too long, ends it at once.
 */
export function stopOnSignal(options: { timeout_ms: number; stop: () => Promise<void> }): Stopping {
  outliveOutput();
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
      outlives_output = false;
      for (const signal of signals) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
    },
  };
}

/** Makes signals end the process with its exit hooks, which stop what was started. */
export function exitOnSignal(): void {
  for (const signal of signals) process.once(signal, () => process.exit(1));
}
