import type { Serve } from '../serving/serve.ts';
import { changePreferences } from './change.ts';
import * as contract from './contract.ts';
import { preferencesOf } from './queries.ts';

export function preferenceRoutes(serve: Serve): void {
  serve(contract.get_preferences, ({ db, caller: { user_id } }) => preferencesOf(db, user_id));
  serve(contract.update_preferences, changePreferences);
}
