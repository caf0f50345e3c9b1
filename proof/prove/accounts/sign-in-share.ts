import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerPerson } from '../../harness/people.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { setStage, slow_hashes } from '../stage.ts';

const at_once = 60;

/** One network sends 60 sign-ins at once, and another sends one: at most two rounds of hashes may come before it. */
async function crowd(run: Run, size: number): Promise<Finding> {
  // A hash takes far longer than a request needs to arrive, even on a busy machine.
  const stage = await setStage(run, size < 0.04 ? slow_hashes : { BATON_BCRYPT_COST: '10' });
  const wire = new Wire(stage.url, at_once * 2);
  const { email, password } = await registerPerson(stage);
  const signIn = (from: string, body: object) => wire.send({ method: 'POST', path: '/v1/auth/login', body, from });
  const guess = () => ({ email: `${randomBytes(8).toString('hex')}@example.com`, password: 'a guess' });
  const rounds = scaled(50, size);
  const bound = availableParallelism() * 2;
  const violations: string[] = [];
  let most = 0;
  for (let round = 0; round < rounds; round++) {
    const answered: number[] = [];
    const flood = Array.from({ length: at_once }, async () => {
      answered.push((await signIn('127.5.5.5', guess())).status);
    });
    while (answered.length === 0) await sleep(1); // by now all the others are waiting
    const before = answered.length;
    const { status } = await signIn('127.6.6.6', { email, password });
    most = Math.max(most, answered.length - before);
    if (status !== 200) violations.push(`the other network gets ${status}`);
    if (answered.length - before > bound + availableParallelism()) {
      violations.push(`${answered.length - before} sign-ins came before the other network's`);
    }
    await Promise.all(flood);
    run.progress(round / rounds);
  }
  wire.close();
  return {
    load: { rounds, at_once, processes: 1 },
    figures: { most_before: most },
    violations: [...violations, ...(await stage.strike())],
  };
}

export const sign_in_share: Check = {
  id: 'sign-in-share',
  promises: ['P22', 'P36'],
  says: 'However many sign-ins one network sends at once, a sign-in from another network waits for only a few of them.',
  run: crowd,
  alone: true,
  slice: 0.02,
  control_size: 0.04,
  controls: {
    'all networks wait in one line': {
      source: [{ file: 'accounts/passwords.ts', find: 'hashing.run(network,', replace: "hashing.run('all'," }],
    },
  },
};
