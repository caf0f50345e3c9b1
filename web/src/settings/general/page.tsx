import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Workspace } from 'baton-sdk';
import { readWorkspace, renameWorkspace } from '../../api/workspace.ts';
import { roleNames } from '../../api/words.ts';
import { workspacesQuery } from '../../api/workspaces.ts';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { Section, Why, WorkspaceSettings } from '../frame.tsx';
import { NameForm } from '../name-form.tsx';
import { useMay } from '../../desk/use-may.ts';
import { Leave } from './leave.tsx';
import { DeleteWorkspace } from './delete-workspace.tsx';

/** `/w/W/settings/general`: renames, leaves or deletes the workspace. */
export function Page() {
  return <WorkspaceSettings page="general">{(workspace) => <General id={workspace} />}</WorkspaceSettings>;
}

function General({ id }: { id: string }) {
  const { data } = useQuery(workspacesQuery());
  const workspace = data?.find((one) => one.id === id);
  if (workspace === undefined) return null;
  return (
    <>
      <Name workspace={workspace} />
      <About workspace={workspace} />
      <Leave workspace={workspace} />
      <DeleteWorkspace workspace={workspace} />
    </>
  );
}

function Name({ workspace: { id, name, version } }: { workspace: Workspace }) {
  const may = useMay({ workspace_id: id }, 'update_workspace');
  const queries = useQueryClient();
  return (
    <Section title={t('Name')}>
      <Why may={may} />
      <NameForm
        label={t('Name of the workspace')}
        now={{ name, version }}
        may={may}
        save={(body) => renameWorkspace(id, body)}
        read={() => readWorkspace(id)}
        onSaved={() => void queries.invalidateQueries({ queryKey: ['workspaces'] })}
      />
    </Section>
  );
}

function About({ workspace: { id, role, created_at } }: { workspace: Workspace }) {
  return (
    <Section title={t('About')}>
      <dl className="about">
        <dt>{t('Your role')}</dt>
        <dd>{roleNames([role])}</dd>
        <dt>{t('Created')}</dt>
        <dd>
          <Time at={created_at} />
        </dd>
        <dt>{t('Id, for the API')}</dt>
        <dd>
          <code>{id}</code>
        </dd>
      </dl>
    </Section>
  );
}
