/** Where in the console a page is. */
export interface Place {
  workspace: string;
  /** The key of the project, on a project's page. */
  project?: string | undefined;
}

const kept_as = 'baton.place';

/** Returns the place that was last visited in this browser. The stored text may have been edited by hand. */
export function lastPlace(): Place | undefined {
  try {
    const given = JSON.parse(localStorage.getItem(kept_as) ?? 'null') as Place | null;
    return typeof given?.workspace === 'string' ? given : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets the place, because the person no longer has access to it. */
export function forgetPlace(): void {
  try {
    localStorage.removeItem(kept_as);
  } catch {
    // If there is no storage, there is nothing to forget.
  }
}

/** Stores the place for the next visit. */
export function rememberPlace(place: Place): void {
  try {
    localStorage.setItem(kept_as, JSON.stringify(place));
  } catch {
    // Without storage, the next visit begins with the first workspace.
  }
}
