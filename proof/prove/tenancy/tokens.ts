import { randomBytes } from 'node:crypto';
import { AccessTokens } from '../../../server/src/accounts/tokens.ts';
import { readConfig } from '../../../server/src/config.ts';
import type { Person } from '../../harness/people.ts';
import { test_environment } from '../../harness/server.ts';

/** The session that an access token is of. */
export function sessionOf(access_token: string): string {
  const claims = Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(claims) as { sid: string }).sid;
}

/** Tokens that say they are the victim's, and must open nothing. */
export function forgedTokens({ victim, attacker }: { victim: Person; attacker: Person }) {
  const { jwt_keys } = readConfig({ ...test_environment, DATABASE_URL: 'postgres://127.0.0.1/none' });
  const identity = { user_id: victim.user.id, session_id: sessionOf(victim.access_token) };
  const other_keys = jwt_keys.map(({ kid }) => ({ kid, secret: randomBytes(48) }));
  const [head = '', , signature = ''] = attacker.access_token.split('.');
  const [, claims = ''] = victim.access_token.split('.');
  return {
    expired: new AccessTokens(jwt_keys, -60).sign(identity).access_token,
    /** Another installation's: the key's name is the same, the key isn't. */
    foreign: new AccessTokens(other_keys, 900).sign(identity).access_token,
    tampered: `${head}.${claims}.${signature}`,
    /** Well signed, but the session is somebody else's. */
    borrowed: new AccessTokens(jwt_keys, 900).sign({ ...identity, session_id: sessionOf(attacker.access_token) })
      .access_token,
  };
}
