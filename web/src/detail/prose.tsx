import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { projectsQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import type { Links } from '../ui/markdown-html.ts';
import { Markdown } from '../ui/markdown.tsx';
import { mentionedIn, withNames } from './mentions.ts';

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

/** Returns a function that replaces the ids of people in a text with their names; the same one until a name changes. */
function useNamed(desk: Desk, text: string): Links['named'] {
  const ids = mentionedIn(text);
  const nameOf = usePeople(desk, ids);
  const names = JSON.stringify(ids.map((id) => [id, nameOf(id) ?? null]));
  return useMemo(() => {
    const known = new Map(JSON.parse(names) as [id: string, name: string | null][]);
    return (part, written) => withNames(part, (id) => known.get(id) ?? undefined, written);
  }, [names]);
}

/** Renders Markdown, with mentioned people’s names, and ticket keys as links. */
export function Prose({ desk, text }: { desk: Desk; text: string }) {
  const named = useNamed(desk, text);
  return <Markdown text={text} hrefOf={useHrefOf(desk)} named={named} />;
}
