import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { inParallel, quantile, servingOn, setStage } from '../stage.ts';
import { startServing } from '../../harness/served.ts';
import { Wire } from '../../harness/wire.ts';
import { Guest, type Kind, kinds } from './guest.ts';

const full_load = 5_000;

/**
 * A person loses access on one process while using it on another, and must be refused there as soon as the loss is acknowledged.
 */
async function revoke(run: Run, size: number): Promise<Finding> {
  const lanes = size < 0.01 ? 6 : 16;
  const stage = await setStage(run);
  const second = await startServing(servingOn(stage.database, run.mutant));
  const here = new Wire(stage.url, lanes * 2);
  const there = new Wire(second.url, lanes * 3);
  const guests = await Promise.all(Array.from({ length: lanes }, () => Guest.invite(stage, here, there)));
  const races = scaled(full_load, size, lanes * kinds.length);
  const raced: Record<Kind, number> = {
    role: 0,
    removal: 0,
    logout: 0,
    session: 0,
    password: 0,
    disabling: 0,
    token: 0,
    token_removal: 0,
  };
  const violations: string[] = [];
  const refused_after_ms: number[] = [];
  let overlapping = 0;
  let let_in = 0;
  await inParallel(lanes, lanes, async (lane) => {
    const guest = guests[lane];
    if (guest === undefined) return;
    for (let n = lane; n < races; n += lanes) {
      const kind = run.random.pick(kinds);
      raced[kind]++;
      const race = await guest.lose(kind);
      overlapping += race.meanwhile.length;
      let_in += race.meanwhile.filter((status) => status < 300).length;
      refused_after_ms.push(race.refused_after_ms);
      const regained = await guest.regain(kind);
      violations.push(...[...race.violations, ...regained].map((text) => `${kind}: ${text}`));
      if (n % 50 === 0) run.progress(n / races);
    }
  });
  here.close();
  there.close();
  await second.stop();
  return {
    load: { races, ...raced, processes: 2, at_once: lanes },
    figures: {
      requests_meanwhile: overlapping,
      of_them_let_in: let_in,
      refused_after_p99_ms: quantile(refused_after_ms, 0.99).toFixed(1),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

export const revocation: Check = {
  id: 'revocation',
  promises: ['P9'],
  says: 'A caller who loses a role, a membership, a session, a token or the account through one process is refused by another process at the next request. A write that arrives while the role is given back is done.',
  run: revoke,
  slice: 0.01,
  control_size: 0.02,
  controls: {
    'a revoked session lives on for 300 ms': {
      replace: [
        [
          's\\.revoked_at is null and (?=s\\.expires_at > now\\(\\) and u\\.)',
          "coalesce(s.revoked_at >= now() - interval '300 milliseconds', true) and ",
        ],
      ],
    },
    'a revoked token lives on for 300 ms': {
      replace: [
        [
          'k\\.revoked_at is null and (?=k\\.expires_at > now\\(\\))',
          "coalesce(k.revoked_at >= now() - interval '300 milliseconds', true) and ",
        ],
      ],
    },
    'a disabled account is let in': {
      // Disabling also ends the sessions, so one condition would mask the other.
      replace: [
        [
          's\\.revoked_at is null (and s\\.expires_at > now\\(\\)) and u\\.disabled_at is null',
          '(s.revoked_at is null or u.disabled_at is not null) $1',
        ],
      ],
    },
    'a role is what it was when they joined': {
      replace: [
        ['select m\\.role\\s+from', `select case m.role when 'viewer' then 'member' else m.role end as role from`],
        ['m\\.role = any \\(', "case m.role when 'viewer' then 'member' else m.role end = any ("],
      ],
    },
    'a refusal in doubt is given at once': {
      source: [
        {
          file: 'access/authorize.ts',
          find: 'if (!(error instanceof DoubtfulRefusal)) throw error;',
          replace: 'throw error instanceof DoubtfulRefusal ? error.refusal : error;',
        },
      ],
    },
    'a removal forgets the membership': {
      replace: [['update memberships set removed_at = now\\(\\)', 'update memberships set removed_at = null']],
    },
  },
};
