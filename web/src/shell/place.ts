import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';

/** Where in the console a page is. */
export interface Place {
  workspace: string;
  /** The key of the project, on pages of one. */
  project?: string | undefined;
}

const kept_as = 'baton.place';

/** The workspace and the project of the page's address; undefined before there is one. */
export function usePlace(): Place | undefined {
  const { workspace, project, ticket } = useParams({ strict: false });
  if (workspace === undefined) return undefined;
  return { workspace, project: project ?? ticket?.split('-')[0] };
}

/** Where the person was last in this browser. Somebody may have written there by hand. */
export function lastPlace(): Place | undefined {
  try {
    const given = JSON.parse(localStorage.getItem(kept_as) ?? 'null') as Place | null;
    return typeof given?.workspace === 'string' ? given : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the place for the next visit. */
export function useRemembered(place: Place | undefined): void {
  const text = place && JSON.stringify(place);
  useEffect(() => {
    try {
      if (text !== undefined) localStorage.setItem(kept_as, text);
    } catch {
      // Then the next visit begins with the first workspace.
    }
  }, [text]);
}
