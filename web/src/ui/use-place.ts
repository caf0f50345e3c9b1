import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Place, rememberPlace } from '../store/place.ts';

/** Returns the workspace and project in the page's address; undefined if it has none. */
export function usePlace(): Place | undefined {
  const { workspace, project, ticket } = useParams({ strict: false });
  if (workspace === undefined) return undefined;
  return { workspace, project: project ?? ticket?.split('-')[0] };
}

/** Stores the page's place for the next visit, and returns it. */
export function useKeptPlace(): Place | undefined {
  const { workspace, project } = usePlace() ?? {};
  useEffect(() => {
    if (workspace !== undefined) rememberPlace({ workspace, project });
  }, [workspace, project]);
  return workspace === undefined ? undefined : { workspace, project };
}
