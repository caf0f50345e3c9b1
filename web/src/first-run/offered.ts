import { cell } from '../store/cell.ts';

const kept_as = 'baton.offer-to-invite';

function kept(): string | null {
  try {
    return localStorage.getItem(kept_as);
  } catch {
    return null;
  }
}

/** The workspace in which the person is asked, once, whether to invite others. */
export const offered = cell(kept());

function keep(workspace: string | null): void {
  offered.set(workspace);
  try {
    if (workspace === null) localStorage.removeItem(kept_as);
    else localStorage.setItem(kept_as, workspace);
  } catch {
    // Without storage, the question lasts until the page closes.
  }
}

export const offerToInvite = (workspace: string): void => keep(workspace);
export const dismissOffer = (): void => keep(null);
