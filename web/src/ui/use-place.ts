import { useParams } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Place, rememberPlace } from '../store/place.ts';

/** The workspace and the project of the page's address; undefined before there is one. */
export function usePlace(): Place | undefined {
  const { workspace, project, ticket } = useParams({ strict: false });
  if (workspace === undefined) return undefined;
  return { workspace, project: project ?? ticket?.split('-')[0] };
}

/** Keeps the page's place for the next visit, and returns it. */
export function useKeptPlace(): Place | undefined {
  const { workspace, project } = usePlace() ?? {};
  useEffect(() => {
    if (workspace !== undefined) rememberPlace({ workspace, project });
  }, [workspace, project]);
  return workspace === undefined ? undefined : { workspace, project };
}
