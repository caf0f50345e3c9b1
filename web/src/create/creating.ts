import type { Priority } from 'baton-sdk';
import { session } from '../api/session.ts';
import { cell } from '../store/cell.ts';
import { unsent } from '../store/unsent.ts';

/** Where a ticket is being created. */
export interface Creating {
  workspace: string;
  /** The key of the project that is chosen as the form opens. */
  project?: string | undefined;
}

/** The open form for a new ticket, if there is one. */
export const creating = cell<Creating | undefined>(undefined);

/** What the form says. */
export interface Draft {
  title: string;
  description: string;
  priority: Priority;
  /** A member's id, or nobody. */
  assignee_id: string | null;
  labels: string;
  due_on: string;
}

export const no_draft: Draft = {
  title: '',
  description: '',
  priority: 'none',
  assignee_id: null,
  labels: '',
  due_on: '',
};

/** What was typed: closing the form, or the page, loses nothing. */
export const draft = cell(no_draft);

export const change = (changed: Partial<Draft>): void => draft.set({ ...draft.get(), ...changed });

const has_text = ({ title, description, labels }: Draft) => `${title}${description}${labels}`.trim() !== '';

/** Where this browser keeps the draft of who is signed in. */
function placeOf(): string | undefined {
  const who = session.get();
  return 'user' in who ? `baton.new-ticket.${who.user.id}` : undefined;
}

/** The kept draft. Somebody may have written there by hand, and a browser may keep nothing. */
function kept(place: string | undefined): Draft {
  try {
    const given: unknown = JSON.parse((place && localStorage.getItem(place)) ?? '{}');
    return typeof given === 'object' && given !== null ? { ...no_draft, ...given } : no_draft;
  } catch {
    return no_draft;
  }
}

function keep(place: string | undefined): void {
  try {
    if (place === undefined) return;
    if (has_text(draft.get())) localStorage.setItem(place, JSON.stringify(draft.get()));
    else localStorage.removeItem(place);
  } catch {
    // Then it lasts as long as the page.
  }
}

const kept_after_ms = 300;

/** Keeps the draft from now on, for who is signed in; each account has its own. */
function keepDrafts(): void {
  let of = placeOf();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keepNow = () => {
    clearTimeout(timer);
    keep(of);
  };
  draft.set(kept(of));
  draft.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(keepNow, kept_after_ms);
  });
  session.subscribe(() => {
    if (placeOf() === of) return;
    keepNow();
    of = placeOf();
    draft.set(kept(of));
  });
  addEventListener('pagehide', keepNow);
  unsent.add(() => Promise.resolve(has_text(draft.get()) ? 1 : 0));
}

keepDrafts();
