import { loadTile } from '../api/audit.ts';
import { type KeptLog, keepLog, keptLog } from '../api/ledger-disk.ts';
import { keptAfter, signerName } from './kept-log.ts';
import { type History, judge } from './proof/history.ts';
import { type Checkpoint, isSigned, type LogKey, parseCheckpoint, parseKey, type Signed } from './proof/note.ts';
import { tileReader } from './proof/tiles.ts';

/** The result of comparing a log with what this browser saw before. */
export interface LogView {
  now: Checkpoint;
  at: string;
  history: History;
  /** The checkpoint that was seen before, and when. */
  before: { checkpoint: Checkpoint; at: string } | undefined;
  /** The signer when this browser first saw the log, if the signer is another one now. */
  other_signer: string | undefined;
  key: LogKey | undefined;
  /** Whether the log’s key made the signature; undefined without a key. */
  signed: Signed | undefined;
  /** Two checkpoints that contradict each other, until somebody has dealt with them. */
  trouble: KeptLog['trouble'];
}

/**
 * Compares a checkpoint with what this browser saw of the log before, and stores the result. Undefined if the note is
 * no checkpoint.
 */
export async function compare(workspace_id: string, note: string): Promise<LogView | undefined> {
  const now = parseCheckpoint(note);
  if (now === undefined) return undefined;
  const kept = await keptLog(workspace_id);
  const before = kept.seen && parseCheckpoint(kept.seen.note);
  const readerOf = (size: number) => tileReader(size, (level, tile) => loadTile(workspace_id, level, tile));
  const history = await judge(before, now, readerOf);
  const at = new Date().toISOString();
  // If the browser refuses to store it, the next visit sees the log for the first time again.
  const after = await keepLog(workspace_id, (known) => keptAfter(known, now, history, at)).catch(() => kept);
  const key = kept.key === undefined ? undefined : await parseKey(kept.key);
  return {
    now,
    at,
    history,
    before: before && kept.seen && { checkpoint: before, at: kept.seen.at },
    other_signer: after.signer === undefined || after.signer === signerName(now) ? undefined : after.signer,
    key,
    signed: key && (await isSigned(now, key)),
    trouble: after.trouble,
  };
}

/** Stores the log’s key. Returns what is wrong with it, if anything. */
export async function keepKey(
  workspace_id: string,
  text: string,
  now: Checkpoint,
): Promise<'no_key' | 'other_log' | undefined> {
  const key = await parseKey(text);
  if (key === undefined) return 'no_key';
  if (key.name !== now.origin) return 'other_log';
  await keepLog(workspace_id, (kept) => ({ ...kept, key: text.trim() }));
  return undefined;
}

/** Accepts the log as it is: forgets the contradiction and the earlier signer. */
export async function goOnFrom(workspace_id: string, now: Checkpoint): Promise<void> {
  await keepLog(workspace_id, ({ key }) => ({
    signer: signerName(now),
    seen: { note: now.note, at: new Date().toISOString() },
    ...(key?.startsWith(`${now.origin}+`) && { key }),
  }));
}
