/** Where in the console a page is. */
export interface Place {
  workspace: string;
  /** The key of the project, on pages of one. */
  project?: string | undefined;
}

const kept_as = 'baton.place';

/** Where the person was last in this browser. Somebody may have written there by hand. */
export function lastPlace(): Place | undefined {
  try {
    const given = JSON.parse(localStorage.getItem(kept_as) ?? 'null') as Place | null;
    return typeof given?.workspace === 'string' ? given : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets the place: the person may not go there any more. */
export function forgetPlace(): void {
  try {
    localStorage.removeItem(kept_as);
  } catch {
    // Then nothing was kept.
  }
}

/** Keeps the place for the next visit. */
export function rememberPlace(place: Place): void {
  try {
    localStorage.setItem(kept_as, JSON.stringify(place));
  } catch {
    // Then the next visit begins with the first workspace.
  }
}
