import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { projectPages } from '../../api/project-settings.ts';
import { projectQuery } from '../../api/projects.ts';
import { workflowQuery } from '../../api/workspaces.ts';
import { SelectField } from '../../ui/select-field.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { Why, WorkspaceSettings } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { useMay } from '../../desk/use-may.ts';
import { Editor } from './editor.tsx';

/** `/w/W/settings/workflow/ENG`: edits the statuses of a project and the transitions between them. */
export function Page() {
  const { project = '' } = useParams({ strict: false });
  const says = t('What statuses the tickets of a project have, and which steps lead from one to another.');
  return (
    <WorkspaceSettings page="workflow" title={t('Workflow of {project}', { project })} says={says} wide>
      {(workspace) => (
        <>
          <Others workspace={workspace} project={project} />
          <Loaded key={project} workspace={workspace} project={project} />
        </>
      )}
    </WorkspaceSettings>
  );
}

/** Links to the workflows of the other projects. */
function Others({ workspace, project }: { workspace: string; project: string }) {
  const navigate = useNavigate();
  return (
    <Paged
      query={projectPages(workspace, { archived: false })}
      loading={t('Loading the projects…')}
      failed={t('The projects could not be loaded')}
      none={null}
    >
      {(projects) => (
        <SelectField
          label={t('Project')}
          name="project"
          value={project}
          choices={projects.map(({ key, name }) => ({ value: key, label: `${key} · ${name}` }))}
          onChange={(event) =>
            void navigate({
              to: '/w/$workspace/settings/workflow/$project',
              params: { workspace, project: event.currentTarget.value },
            })
          }
        />
      )}
    </Paged>
  );
}

function Loaded({ workspace, project }: { workspace: string; project: string }) {
  const may = useMay({ workspace_id: workspace }, 'replace_workflow');
  const found = useQuery(projectQuery(workspace, project));
  const { data, error, refetch } = useQuery(workflowQuery(workspace, project));
  const failure = error ?? found.error;
  if (data === undefined || found.data === undefined) {
    if (failure === null) return <Skeleton label={t('Loading the workflow…')} />;
    const again = () => void Promise.all([refetch(), found.refetch()]);
    return <Failed what={t('The workflow could not be loaded')} error={failure} onRetry={again} />;
  }
  const is_archived = found.data.archived_at !== null;
  const why = t('The project is archived: its workflow can be read and not changed. Unarchive it first.');
  const allowed = may.may && is_archived ? { may: false, why } : may;
  return (
    <>
      <Why may={allowed} />
      <Editor workspace={workspace} project={project} workflow={data} may={allowed.may} />
    </>
  );
}
