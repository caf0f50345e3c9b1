import type { Check } from '../check.ts';
import { enumeration } from './enumeration.ts';
import { guessing } from './guessing.ts';
import { login_flood } from './login-flood.ts';
import { passwords } from './passwords.ts';
import { sign_in_share } from './sign-in-share.ts';
import { tokens } from './tokens.ts';
import { upkeep } from './upkeep.ts';

/** The checks of signing in. */
export const accounts: readonly Check[] = [
  tokens,
  passwords,
  enumeration,
  guessing,
  login_flood,
  sign_in_share,
  upkeep,
];
