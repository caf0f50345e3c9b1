import { personOf } from '../access/authorize.ts';
import { sql } from '../db/sql.ts';
import { byText, keysetPage } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import * as contract from './contract.ts';
import { keyHashOf } from './intent.ts';
import { readKey } from './keys.ts';
import { type OutcomeRow, outcomesOf, waitForWrites } from './queries.ts';

function presented({ target, status, headers, created_at }: OutcomeRow): contract.Outcome {
  const [method, path = ''] = target.split(' ');
  return {
    method: method as contract.Outcome['method'],
    path,
    status,
    location: headers['Location'] ?? null,
    created_at,
  };
}

export function outcomeRoutes(serve: Serve, { cursors }: Services): void {
  serve.own(contract.list_outcomes, ({ caller, commit, params, query }) => {
    const user_id = personOf(caller);
    const key_hash = keyHashOf(caller, readKey(params.key));
    return commit({}, async ({ tx, hold }) => {
      // A write whose connection was lost may be about to commit.
      await Promise.all([hold(), waitForWrites(tx, { user_id, key_hash })]);
      const page = await keysetPage({
        cursors,
        operation: contract.list_outcomes.id,
        filter: { key: key_hash.toString('hex') },
        query,
        order: { target: byText(sql`o.target`) },
        rows: (part) => outcomesOf(tx, { user_id, key_hash }, part),
      });
      return { ...page, data: page.data.map(presented) };
    });
  });
}
