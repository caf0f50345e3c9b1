import { createHash } from 'node:crypto';
import type { Problem } from '../../../bin/verify-audit.ts';
import { extended, leafHash, rootOf } from '../../../server/src/ledger/merkle.ts';
import { logSigner, type Signer, signedNote, signingKey } from '../../../server/src/ledger/note.ts';
import type { Random } from '../random.ts';

export interface Exported {
  entry: string;
  salt: string | null;
  payload: string | null;
}

/** A log as it was exported, and what others have kept of it. */
export interface Honest {
  events: readonly Exported[];
  note: string;
  /** The log's own key, which an attacker may have. */
  signer: Signer;
  /** The number of events in the checkpoint that a witness has cosigned. */
  cosigned_size: number;
  /** The last checkpoint as somebody else saw it. */
  shown: string;
}

export interface Tampered {
  events: readonly Exported[];
  /** Absent if the export ends without one. */
  note?: string;
  /** The code that the verifier must report. */
  code: Problem['code'];
  /** The event that it must name. */
  sequence?: number;
  /** The log is consistent in itself: only somebody who has an earlier checkpoint can tell. */
  agrees?: true;
  /** A checkpoint known in addition to the cosigned one. */
  known?: string;
}

interface Hand {
  honest: Honest;
  random: Random;
}

const replaceIn = (text: string, find: RegExp, by: (found: string) => string): string => {
  const changed = text.replace(find, by);
  if (changed === text) throw new Error(`There is nothing to change in ${text}.`);
  return changed;
};

/** Another character of the same kind. */
const other = (digit: string) => (digit === '1' ? '2' : '1');

const numbered = (events: readonly Exported[]): Exported[] =>
  events.map((event, n) => ({ ...event, entry: event.entry.replace(/"sequence":\d+/, `"sequence":${n + 1}`) }));

/** The event with another payload, and with everything in it that depends on the payload. */
function rewritten(event: Exported): Exported {
  const salt = Buffer.alloc(16, 7);
  const payload = (event.payload ?? '{"after":null,"before":null,"request_id":""}').replace(/"}$/, 'x"}');
  const hash = createHash('sha256').update(salt).update(payload).digest('base64');
  const entry = event.entry.replace(/"payload":"[^"]+"/, `"payload":"${hash}"`);
  return { entry, salt: salt.toString('base64'), payload };
}

function signed(events: readonly Exported[], signer: Signer): string {
  const leaves = events.map(({ entry }) => leafHash(entry));
  const { size, roots } = extended({ size: 0, roots: [] }, leaves);
  return signedNote({ origin: signer.name, size, root: rootOf({ size, roots }) }, signer);
}

const without = <T>(list: readonly T[], at: number) => list.toSpliced(at, 1);
const exchanged = <T>(list: readonly T[], a: number, b: number) => list.with(a, list[b] as T).with(b, list[a] as T);

/** A random place in the log, at least `span` events before its end. */
const anywhere = ({ honest, random }: Hand, span = 0) => random.below(honest.events.length - span);
const eventAt = ({ honest }: Hand, at: number) => honest.events[at] as Exported;

/** The log with one event changed. */
const changed = (hand: Hand, at: number, change: (event: Exported) => Exported) =>
  hand.honest.events.with(at, change(eventAt(hand, at)));

/** The place of an event whose payload was not erased. */
function told(hand: Hand): number {
  for (;;) {
    const at = anywhere(hand);
    if (eventAt(hand, at).payload !== null) return at;
  }
}

/** Tamperings by somebody who has only the export, or the database without the key. */
const without_key: Record<string, (hand: Hand) => Omit<Tampered, 'note'> & { note?: string | null }> = {
  'a payload is edited': (hand) => {
    const at = told(hand);
    const events = changed(hand, at, (event) => ({ ...event, payload: replaceIn(event.payload ?? '', /\w/, other) }));
    return { events, code: 'payload_differs', sequence: at + 1 };
  },
  'a salt is exchanged': (hand) => {
    const at = told(hand);
    const salt = Buffer.alloc(16, hand.random.below(256)).toString('base64');
    return { events: changed(hand, at, (event) => ({ ...event, salt })), code: 'payload_differs', sequence: at + 1 };
  },
  'a text is passed off as erased': (hand) => {
    let at = told(hand);
    // For a ticket that was purged later, nobody can tell: its text may have been purged before the event was numbered.
    while (eventAt(hand, at).entry.startsWith('{"action":"ticket.created"')) at = told(hand);
    const events = changed(hand, at, (event) => ({ ...event, salt: null, payload: null }));
    return { events, code: 'erased_without_purge', sequence: at + 1 };
  },
  'the start of a payload is moved into its salt': (hand) => {
    const at = told(hand);
    const move = ({ entry, salt, payload }: Exported) => {
      const bytes = Buffer.concat([Buffer.from(salt ?? '', 'base64'), Buffer.from((payload ?? '').slice(0, 9))]);
      return { entry, salt: bytes.toString('base64'), payload: (payload ?? '').slice(9) };
    };
    return { events: changed(hand, at, move), code: 'bad_salt', sequence: at + 1 };
  },
  'a line has another payload beside its own': (hand) => {
    const at = told(hand);
    return { events: changed(hand, at, (event) => ({ ...event, after: '{}' })), code: 'bad_line' };
  },
  'an actor is exchanged': (hand) => {
    const edit = (entry: string) => replaceIn(entry, /(?<="actor_id":")./, other);
    const events = changed(hand, anywhere(hand), (event) => ({ ...event, entry: edit(event.entry) }));
    return { events, code: 'root_differs' };
  },
  'a time is changed': (hand) => {
    const edit = (entry: string) => replaceIn(entry, /\d(?=Z")/, other);
    const events = changed(hand, anywhere(hand), (event) => ({ ...event, entry: edit(event.entry) }));
    return { events, code: 'root_differs' };
  },
  'a payload and its hash are edited': (hand) => ({
    events: changed(hand, anywhere(hand), rewritten),
    code: 'root_differs',
  }),
  'an entry is written in another way': (hand) => {
    const at = anywhere(hand);
    const events = changed(hand, at, (event) => ({ ...event, entry: event.entry.replace(':', ': ') }));
    return { events, code: 'bad_entry', sequence: at + 1 };
  },
  'an event is of another workspace': (hand) => {
    const at = anywhere(hand);
    const edit = (entry: string) => replaceIn(entry, /(?<="workspace_id":")./, other);
    const events = changed(hand, at, (event) => ({ ...event, entry: edit(event.entry) }));
    return { events, code: 'foreign_entry', sequence: at + 1 };
  },
  'an event is removed': (hand) => {
    const at = anywhere(hand, 1);
    return { events: without(hand.honest.events, at), code: 'wrong_sequence', sequence: at + 1 };
  },
  'an event is removed and the others are renumbered': (hand) => ({
    events: numbered(without(hand.honest.events, anywhere(hand))),
    code: 'events_missing',
  }),
  'an event is there twice': (hand) => {
    const at = anywhere(hand);
    const events = hand.honest.events.toSpliced(at + 1, 0, eventAt(hand, at));
    return { events, code: 'wrong_sequence', sequence: at + 2 };
  },
  'an event is added and the others are renumbered': (hand) => {
    const at = anywhere(hand);
    const events = hand.honest.events.toSpliced(at, 0, rewritten(eventAt(hand, at)));
    return { events: numbered(events), code: 'events_surplus' };
  },
  'two events are exchanged': (hand) => {
    const at = anywhere(hand, 1);
    return { events: exchanged(hand.honest.events, at, at + 1), code: 'wrong_sequence', sequence: at + 1 };
  },
  'two events are exchanged and renumbered': (hand) => {
    const [a, b] = [anywhere(hand, 1), hand.honest.events.length - 1];
    return { events: numbered(exchanged(hand.honest.events, a, b)), code: 'root_differs' };
  },
  'the end is cut off': (hand) => ({
    events: hand.honest.events.slice(0, anywhere(hand)),
    code: 'no_checkpoint',
    note: null,
  }),
  'the end is cut off before the checkpoint': (hand) => ({
    events: hand.honest.events.slice(0, anywhere(hand)),
    code: 'events_missing',
  }),
  'the tail is hashed anew, and the checkpoint has the old signature': (hand) => {
    const events = changed(hand, anywhere(hand), rewritten);
    const [text = ''] = signed(events, hand.honest.signer).split('\n\n');
    return { events, note: `${text}\n\n${hand.honest.note.split('\n\n')[1]}`, code: 'bad_signature' };
  },
  'the tail is hashed anew, and another key has signed': (hand) => {
    const events = changed(hand, anywhere(hand), rewritten);
    const signer = logSigner(hand.honest.signer.name, signingKey(Buffer.alloc(32, hand.random.below(256))));
    return { events, note: signed(events, signer), code: 'bad_signature' };
  },
};

/** Tamperings by a superuser who has the key: the log is consistent in itself. */
const with_key: Record<string, (hand: Hand) => Omit<Tampered, 'note' | 'agrees'>> = {
  'an event is edited, and everything is hashed and signed anew': (hand) => ({
    events: changed(hand, hand.random.below(hand.honest.cosigned_size), rewritten),
    code: 'contradicts',
  }),
  'an event is removed, and everything is hashed and signed anew': (hand) => ({
    events: numbered(without(hand.honest.events, hand.random.below(hand.honest.cosigned_size))),
    code: 'contradicts',
  }),
  'two are shown different logs of one size': (hand) => ({
    events: changed(hand, anywhere(hand), rewritten),
    code: 'contradicts',
    known: hand.honest.shown,
  }),
  'the log goes back': (hand) => ({
    events: hand.honest.events.slice(0, 1 + hand.random.below(hand.honest.cosigned_size - 1)),
    code: 'rolled_back',
  }),
  'the log goes back and grows again': (hand) => {
    const kept = hand.random.below(hand.honest.cosigned_size);
    const grown = hand.honest.events.slice(kept).map(rewritten);
    return { events: [...hand.honest.events.slice(0, kept), ...grown], code: 'contradicts' };
  },
};

export const kinds = [...Object.keys(without_key), ...Object.keys(with_key)];

/** Tampers with the log in this way, at a random place. */
export function tamper(kind: string, hand: Hand): Tampered {
  const { note, signer } = hand.honest;
  const alone = without_key[kind]?.(hand);
  if (alone !== undefined) {
    const { note: replaced, ...rest } = alone;
    return replaced === null ? rest : { ...rest, note: replaced ?? note };
  }
  const by_key = with_key[kind]?.(hand);
  if (by_key === undefined) throw new Error(`There is no tampering ${kind}.`);
  return { ...by_key, note: signed(by_key.events, signer), agrees: true };
}
