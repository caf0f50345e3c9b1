import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { Markdown } from '../ui/markdown.tsx';
import { asMarkdown, mentionedIn } from './mentions.ts';

/** Returns a function that maps a ticket’s key to its address, for the projects of the workspace. */
function useHrefOf({ workspace_id }: Desk): (key: string) => string | undefined {
  const projects = useQuery(projectsQuery(workspace_id)).data;
  return useCallback(
    (key) => {
      const project = key.slice(0, key.lastIndexOf('-'));
      return projects?.some((one) => one.key === project) === true ? `/w/${workspace_id}/t/${key}` : undefined;
    },
    [projects, workspace_id],
  );
}

/** Renders Markdown, with mentioned people’s names, and ticket keys as links. */
export function Prose({ desk, text }: { desk: Desk; text: string }) {
  const nameOf = usePeople(desk, mentionedIn(text));
  return <Markdown text={asMarkdown(text, nameOf)} hrefOf={useHrefOf(desk)} />;
}
