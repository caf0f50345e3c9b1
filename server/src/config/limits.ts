import { z } from 'zod';
import { count } from './kinds.ts';

const mib = 1024 * 1024;

/** Settings that keep one caller, workspace or network from hurting the others. */
export const limit_settings = {
  BATON_BODY_MEMORY_MIB: count(64, 8, 65_536),
  BATON_RESPONSE_MEMORY_MIB: count(64, 8, 65_536),
  BATON_REFUSAL_DELAY_MS: count(250, 0, 10_000),
  BATON_METRICS_TOKEN: z
    .string()
    .regex(
      /^[\w.~+/-]{16,200}=*$/,
      'must be 16 to 200 letters, digits or . _ ~ + / -, such as openssl rand -hex 24 gives.',
    )
    .optional(),
};

/** What one caller may take. */
export interface Limits {
  /** Bytes of request bodies, and of unread responses, that the process keeps at one time. */
  body_memory_bytes: number;
  response_memory_bytes: number;
  /** How long a refusal of too many requests is held back. */
  refusal_delay_ms: number;
  /** Who has it sees how the server does; undefined: nobody. */
  metrics_token: string | undefined;
}

const parsed = z.object(limit_settings);

export function limitsOf(env: z.infer<typeof parsed>): Limits {
  return {
    body_memory_bytes: env.BATON_BODY_MEMORY_MIB * mib,
    response_memory_bytes: env.BATON_RESPONSE_MEMORY_MIB * mib,
    refusal_delay_ms: env.BATON_REFUSAL_DELAY_MS,
    metrics_token: env.BATON_METRICS_TOKEN,
  };
}
