import { randomBytes } from 'node:crypto';
import { AccessTokens } from '../../../server/src/accounts/tokens.ts';
import { readConfig } from '../../../server/src/config.ts';
import type { Person } from '../../harness/people.ts';
import { test_environment } from '../../harness/server.ts';

/** The session id in an access token. */
export function sessionOf(access_token: string): string {
  const claims = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { sid: string }).sid;
}

/** Access tokens that claim to be the victim's and must open nothing. */
export function forgedTokens({ victim, attacker }: { victim: Person; attacker: Person }) {
  const { jwt_keys } = readConfig({ ...test_environment, DATABASE_URL: 'postgres://127.0.0.1/none' });
  const identity = { user_id: victim.user.id, session_id: sessionOf(victim.access_token) };
  const other_keys = jwt_keys.map(({ kid }) => ({ kid, secret: randomBytes(48) }));
  const [head = '', , signature = ''] = attacker.access_token.split('.');
  const [, claims = ''] = victim.access_token.split('.');
  return {
    expired: new AccessTokens(jwt_keys, -60).sign(identity).access_token,
    /** From another installation: the key has the same name and another secret. */
    foreign: new AccessTokens(other_keys, 900).sign(identity).access_token,
    tampered: `${head}.${claims}.${signature}`,
    /** Correctly signed, but for a session of another user. */
    borrowed: new AccessTokens(jwt_keys, 900).sign({ ...identity, session_id: sessionOf(attacker.access_token) })
      .access_token,
  };
}
