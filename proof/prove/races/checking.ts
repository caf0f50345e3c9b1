import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { Random } from '../random.ts';
import { type Part, violationsOf } from './checker.ts';
import { type Mutation, mutations } from './mutations.ts';
import { simulate, toy_rules } from './simulate.ts';

const sizes = [
  { operations: 12, clients: 3 },
  { operations: 80, clients: 5 },
  { operations: 80, clients: 40 },
  { operations: 300, clients: 16 },
  { operations: 1000, clients: 64 },
];
const sizeOf = (n: number) => sizes[n % sizes.length] ?? { operations: 80, clients: 5 };

/** Tries this many mutants of one kind and counts those that the checker notices; some histories can't be broken in this way. */
function tryMutation(mutation: Mutation, wanted: number, seed: number, blind_to?: Part) {
  let made = 0;
  const missed: number[] = [];
  for (let n = 0; made < wanted && n < 20 * wanted; n++) {
    const random = new Random(seed + n);
    const history = simulate(random, sizeOf(n % 4));
    if (!mutation(history, random)) continue;
    made++;
    if (violationsOf(history, toy_rules, blind_to).length === 0) missed.push(seed + n);
  }
  return { made, missed };
}

async function checkChecker(run: Run, size: number): Promise<Finding> {
  const blind_to = run.mutant?.other as Part | undefined;
  const first_seed = run.random.below(2 ** 30);
  const violations: string[] = [];
  const histories = scaled(3000, size, 20);
  let operations = 0;
  let judging_us = 0; // of processor time, which other load on the machine doesn't change
  const judge = (seed: number, shape: { operations: number; clients: number }) => {
    const history = simulate(new Random(seed), shape);
    operations += history.operations.length;
    const before = process.cpuUsage();
    const [fault] = violationsOf(history, toy_rules, blind_to);
    const { user, system } = process.cpuUsage(before);
    judging_us += user + system;
    if (fault !== undefined) violations.push(`seed ${seed}, ${shape.operations} calls: sound, but ${fault}`);
  };
  for (let n = 0; n < histories; n++) {
    judge(first_seed + n, sizeOf(n));
    if (n % 100 === 0) run.progress((0.4 * n) / histories);
  }
  judge(first_seed, { operations: scaled(1_000_000, size), clients: 64 });
  const wanted = scaled(1000, size, 10);
  const counts = Object.entries(mutations).map(([name, mutation], index, all) => {
    const { made, missed } = tryMutation(mutation, wanted, first_seed, blind_to);
    if (made < wanted) violations.push(`${name}: only ${made} of ${wanted} histories gave an occasion`);
    for (const seed of missed) violations.push(`${name}: not noticed, seed ${seed}`);
    run.progress(0.5 + (0.5 * index) / all.length);
    return { made, flagged: made - missed.length };
  });
  return {
    load: { sound_histories: histories + 1, kinds_of_mutants: counts.length, mutants_a_kind: wanted },
    figures: {
      operations,
      mutants: counts.reduce((sum, { made }) => sum + made, 0),
      flagged: counts.reduce((sum, { flagged }) => sum + flagged, 0),
      operations_a_cpu_second: Math.round((1e6 * operations) / judging_us),
    },
    violations,
  };
}

export const checker: Check = {
  id: 'checker',
  promises: ['P1', 'P3'],
  says: 'The judge of histories accepts every correct history, and finds a fault in every history that only a broken server could produce.',
  run: checkChecker,
  slice: 0.02,
  control_size: 0.01,
  controls: {
    'a judge without a clock': { other: 'time' },
    'a judge that does not know the rules': { other: 'rules' },
    'a judge that does not read the responses': { other: 'answers' },
  },
};
