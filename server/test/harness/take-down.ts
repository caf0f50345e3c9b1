type Step = () => Promise<unknown> | void;

const steps = new Set<Step>();
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let listening = false;
let ending = false;

async function end(): Promise<void> {
  if (ending) return; // one Ctrl-C may come twice: from the terminal, and from npm
  ending = true;
  for (const step of [...steps].toReversed()) {
    await Promise.resolve(step()).catch(() => undefined); // the others are taken down all the same
  }
  process.exit(1);
}

/**
 * Has what was started taken down when the process is told to end before its time, the last first. Gives the function that
 * forgets it, for when it is taken down as it should be.
 */
export function takeDownOnSignal(step: Step): () => void {
  if (!listening) for (const signal of signals) process.on(signal, () => void end());
  listening = true;
  steps.add(step);
  return () => {
    steps.delete(step);
  };
}
