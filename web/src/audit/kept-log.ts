import type { KeptLog } from '../api/ledger-disk.ts';
import type { History } from './proof/history.ts';
import { type Checkpoint, parseCheckpoint, signerOf } from './proof/note.ts';

/** Identifies the signer of a log by name and key id. */
export const signerName = (checkpoint: Checkpoint): string => `${checkpoint.origin}+${signerOf(checkpoint) ?? ''}`;

/**
 * Returns what to store after a comparison: the larger checkpoint if both are consistent, and both if they contradict
 * each other.
 */
export function keptAfter(kept: KeptLog, now: Checkpoint, history: History, at: string): KeptLog {
  const before = kept.seen && parseCheckpoint(kept.seen.note);
  const seen = { note: now.note, at };
  const signer = kept.signer ?? signerName(now);
  if (history === 'rewritten' || history === 'shorter') {
    const trouble = kept.trouble ?? (kept.seen && { before: kept.seen, now: seen });
    return { ...kept, signer, ...(trouble !== undefined && { trouble }) };
  }
  const is_newer = before === undefined || now.size >= before.size;
  return history !== 'unproven' && is_newer ? { ...kept, signer, seen } : { ...kept, signer };
}
