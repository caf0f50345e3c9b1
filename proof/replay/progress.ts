import { SingleBar } from 'cli-progress';
import type { Progress } from './replay.ts';

/** Shows a bar on a terminal, and otherwise prints a line for each tenth. */
export function progressBar(): Progress {
  if (!process.stdout.isTTY) {
    let name = '';
    let all = 0;
    let next = 0;
    return {
      start: (what, total) => {
        [name, all, next] = [what, total, total / 10];
      },
      update: (done) => {
        if (done < next) return;
        next += all / 10;
        console.log(`${name} ${done} of ${all}`);
      },
      stop: () => undefined,
    };
  }
  let bar: SingleBar | undefined;
  return {
    start: (what, all) => {
      bar = new SingleBar({
        format: `${what.padEnd(16)} {bar} {value} of {total}  {duration_formatted}`,
        etaBuffer: 50,
      });
      bar.start(all, 0);
    },
    update: (done) => bar?.update(done),
    stop: () => bar?.stop(),
  };
}
