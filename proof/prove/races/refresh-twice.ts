import { registerPerson } from '../../harness/people.ts';
import type { Check } from '../check.ts';
import { atOnce, type Ring, type Round, runRounds, statuses } from './rounds.ts';

interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** Two clients refresh with one token at once, and a third with the successor; then the first token is used again, late. */
async function openLane(ring: Ring): Promise<Round> {
  const { stage, wire } = ring;
  const { email, password, user } = await registerPerson(stage);
  const refresh = (refresh_token: string) =>
    wire.send({ method: 'POST', path: '/v1/auth/refresh', body: { refresh_token } });
  const me = (token: string) => wire.send({ method: 'GET', path: '/v1/me', token });
  return async () => {
    const login = await wire.send({ method: 'POST', path: '/v1/auth/login', body: { email, password } });
    const { refresh_token: spent } = JSON.parse(login.text) as Tokens;
    const answers = await atOnce(ring, [refresh(spent), refresh(spent)]);
    if (statuses(answers) !== '200, 200') {
      ring.violate(`one token refreshed by two clients at once: ${statuses(answers)}`);
      return true;
    }
    const [one, other] = answers.map(({ text }) => JSON.parse(text) as Tokens) as [Tokens, Tokens];
    if (one.refresh_token !== other.refresh_token) ring.violate('one token has two successors');
    const usable = await atOnce(ring, [me(one.access_token), me(other.access_token), refresh(one.refresh_token)]);
    if (statuses(usable) !== '200, 200, 200') ring.violate(`the successor is not usable: ${statuses(usable)}`);
    await stage.database.owner.query(
      `update refresh_tokens set spent_at = spent_at - interval '31 seconds' where user_id = $1`,
      [user.id],
    );
    const late = await atOnce(ring, [refresh(spent)]);
    if (statuses(late) !== '401 invalid_refresh_token') ring.violate(`used late: ${statuses(late)}`);
    // The late use shows that a token was stolen: every token of the family must be dead.
    const after = await atOnce(ring, [refresh(one.refresh_token), me(one.access_token), me(other.access_token)]);
    if (after.some(({ status }) => status !== 401))
      ring.violate(`a token of the family still works: ${statuses(after)}`);
    return true;
  };
}

const in_sign_in = (find: string, replace: string) => ({ source: [{ file: 'accounts/sign-in.ts', find, replace }] });

export const refresh_twice: Check = {
  id: 'refresh-twice',
  promises: ['P9', 'P13'],
  says: 'Two refreshes with one token at the same time get the same new token. Using the old token again half a minute later ends the session for both.',
  run: (run, size) => runRounds(run, size, openLane),
  slice: 0.015,
  control_size: 0.15,
  controls: {
    'the session is not locked': {
      replace: [['(from sessions\\s+where user_id = \\S+ and id = \\S+) for no key update', '$1']],
    },
    'a spent token is only refused': in_sign_in('await revokeSessions(tx, user_id, { only: session_id });', ''),
    'a successor is random': in_sign_in('successorOf(token, jwt_keys[0])', 'newRefreshToken(token)'),
    'a token that was just spent ends the session': { env: { BATON_REFRESH_GRACE_S: '0' } },
    'a spent token works for longer than it should': { env: { BATON_REFRESH_GRACE_S: '300' } },
  },
};
