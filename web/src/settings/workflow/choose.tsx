import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { projectsQuery } from '../../api/workspaces.ts';
import { lastPlace } from '../../store/place.ts';
import { Empty, Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { WorkspaceSettings } from '../frame.tsx';

/** `/w/W/settings/workflow`: opens the workflow of the project that was visited last, or else of the first one. */
export function Page() {
  return <WorkspaceSettings page="workflow">{(workspace) => <Choose workspace={workspace} />}</WorkspaceSettings>;
}

function Choose({ workspace }: { workspace: string }) {
  const { data, error, refetch } = useQuery(projectsQuery(workspace));
  if (data === undefined && error !== null)
    return <Failed what={t('The projects could not be loaded')} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton label={t('Loading the projects…')} />;
  const last = lastPlace();
  const found = data.find(({ key }) => key === last?.project && workspace === last.workspace) ?? data[0];
  if (found === undefined) {
    return (
      <Empty title={t('There is no project yet')} says={t('A workflow belongs to a project: create one first.')}>
        <Link to="/w/$workspace/new-project" params={{ workspace }} className="button button-primary">
          {t('New project')}
        </Link>
      </Empty>
    );
  }
  return <Navigate to="/w/$workspace/settings/workflow/$project" params={{ workspace, project: found.key }} replace />;
}
