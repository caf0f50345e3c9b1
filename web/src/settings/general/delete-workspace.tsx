import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Workspace } from 'baton-sdk';
import { useState } from 'react';
import { memberPages } from '../../api/members.ts';
import { deleteWorkspace } from '../../api/workspace.ts';
import { projectsQuery } from '../../api/workspaces.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { Section } from '../frame.tsx';
import { useMay } from '../../desk/use-may.ts';

/** Deletes the workspace, for everybody. */
export function DeleteWorkspace({ workspace }: { workspace: Workspace }) {
  const may = useMay({ workspace_id: workspace.id }, 'delete_workspace');
  const [asking, setAsking] = useState(false);
  return (
    <Section
      title={t('Delete')}
      says={t('The workspace disappears for everybody, with everything that is in it. This can’t be undone here.')}
      may={may}
      danger
      act={
        <Button kind="danger" disabled={!may.may} onClick={() => setAsking(true)}>
          {t('Delete the workspace…')}
        </Button>
      }
    >
      {asking && <Ask workspace={workspace} onClose={() => setAsking(false)} />}
    </Section>
  );
}

function Ask({ workspace: { id, name }, onClose }: { workspace: Workspace; onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = async () => {
    await deleteWorkspace(id);
    await navigate({ to: '/', replace: true });
    await queries.invalidateQueries({ queryKey: ['workspaces'] });
    toast({ text: t('{name} is deleted.', { name }) });
  };
  return (
    <Confirm
      title={t('Delete {name}?', { name })}
      act={t('Delete for everybody')}
      acting={t('Deleting…')}
      typed={{ label: t('To delete it, type its name: {name}', { name }), text: name.trim() }}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t('From then on, nobody can see or use:')}</p>
      <Contents workspace={id} />
    </Confirm>
  );
}

/** What the workspace contains, as far as the counts are known. */
function Contents({ workspace }: { workspace: string }) {
  const projects = useQuery(projectsQuery(workspace)).data;
  const members = useInfiniteQuery(memberPages(workspace, '')).data;
  const others = members?.pages.flatMap(({ data }) => data).length ?? 0;
  const are_more = members?.pages.at(-1)?.next_cursor !== null;
  return (
    <ul>
      <li>
        {t(
          '{count, plural, one {# project} other {# projects}} with all tickets, comments and histories, and every archived project',
          {
            count: projects?.length ?? 0,
          },
        )}
      </li>
      <li>
        {are_more
          ? t('the memberships of more than {count} people', { count: others })
          : t('{count, plural, one {the membership of # person} other {the memberships of # people}}', {
              count: others,
            })}
      </li>
      <li>{t('bots, API tokens, webhooks and pending invitations; all of them end')}</li>
      <li>{t('the audit log')}</li>
    </ul>
  );
}
