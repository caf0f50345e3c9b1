import { registerPerson } from '../../harness/people.ts';
import type { Check } from '../check.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const { email, password } = await registerPerson(stage);
  const refresh = (refresh_token: string) =>
    wire.send({ method: 'POST', path: '/v1/auth/refresh', body: { refresh_token } });
  return async () => {
    const login = await wire.send({ method: 'POST', path: '/v1/auth/login', body: { email, password } });
    const { refresh_token } = JSON.parse(login.text) as Tokens;
    const answers = await atOnce(ring, [refresh(refresh_token), refresh(refresh_token)]);
    const seen = statuses(answers);
    if (seen !== '200, 401 invalid_refresh_token') ring.violate(`one token rotated by two hands: ${seen}`);
    const won = answers.find(({ status }) => status === 200);
    if (won === undefined) return true;
    // The second use told of a thief: nothing of the family may live, whoever was first.
    const successor = JSON.parse(won.text) as Tokens;
    const after = await atOnce(ring, [
      refresh(successor.refresh_token),
      wire.send({ method: 'GET', path: '/v1/me', token: successor.access_token }),
    ]);
    if (after.some(({ status }) => status !== 401)) ring.violate(`the family lives on: ${statuses(after)}`);
    return true;
  };
}

export const refresh_twice: Check = {
  id: 'refresh-twice',
  promises: ['P9', 'P13'],
  says: 'Of two rotations of one refresh token one succeeds, and the session ends for both.',
  run: (run, size) => runRounds(run, size, openLane),
  slice: 0.003,
  control_size: 0.03,
  controls: {
    'the session is not held': {
      replace: [['(as live from sessions\\s+where user_id = \\S+ and id = \\S+) for no key update', '$1']],
    },
    'a spent token is only refused': {
      source: [
        { file: 'accounts/sign-in.ts', find: 'await revokeSessions(tx, user_id, { only: session_id });', replace: '' },
      ],
    },
  },
};
