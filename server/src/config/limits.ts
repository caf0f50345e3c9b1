import { z } from 'zod';
import { count } from './kinds.ts';

const mib = 1024 * 1024;

/** Settings that keep one caller, workspace or network from hurting the others. */
export const limit_settings = {
  BATON_BODY_MEMORY_MIB: count(64, 8, 65_536),
  BATON_RESPONSE_MEMORY_MIB: count(64, 8, 65_536),
};

/** What one caller may take. */
export interface Limits {
  /** Bytes of request bodies, and of unread responses, that the process keeps at one time. */
  body_memory_bytes: number;
  response_memory_bytes: number;
}

const parsed = z.object(limit_settings);

export function limitsOf(env: z.infer<typeof parsed>): Limits {
  return {
    body_memory_bytes: env.BATON_BODY_MEMORY_MIB * mib,
    response_memory_bytes: env.BATON_RESPONSE_MEMORY_MIB * mib,
  };
}
