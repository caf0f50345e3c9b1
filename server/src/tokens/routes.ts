import { sql } from '../db/sql.ts';
import type { Found } from '../db/walk.ts';
import { requireFound } from '../errors.ts';
import { byId, byTime } from '../http/cursor.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { sightOf } from './access.ts';
import * as contract from './contract.ts';
import { createToken } from './create.ts';
import { tokenById, tokensOf } from './queries.ts';
import { revokeToken } from './revoke.ts';

export function tokenRoutes(serve: Serve, { config }: Services): void {
  serve(contract.create_token, (context) => createToken(context, config));
  serve.list(contract.list_tokens, async ({ db, actor }) => {
    const sight = sightOf(await actor);
    return {
      filter: { ...sight },
      order: { created_at: byTime(sql`k.created_at`), id: byId(sql`k.id`) },
      descending: true,
      rows: (part) => tokensOf(db, sight, part),
      show: ({ stopped: _, ...token }: Found<contract.ApiTokenRow>) => token,
    };
  });
  serve(contract.get_token, async ({ db, actor, params }) => {
    return requireFound(tokenById(db, sightOf(await actor), params.token_id));
  });
  serve(contract.revoke_token, revokeToken);
}
