import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { projectsQuery } from '../api/workspaces.ts';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';

/** `/w/W`: opens the board of the workspace's first project, or the form to create a project. */
export function Page() {
  const { workspace = '' } = useParams({ strict: false });
  const { data, error, refetch } = useQuery(projectsQuery(workspace));
  if (error !== null)
    return (
      <Failed is_page what={t('The workspace could not be loaded')} error={error} onRetry={() => void refetch()} />
    );
  if (data === undefined) return <Skeleton label={t('Loading the workspace…')} />;
  const [first] = data;
  if (first === undefined) return <Navigate to="/w/$workspace/new-project" params={{ workspace }} replace />;
  return <Navigate to="/w/$workspace/p/$project/board" params={{ workspace, project: first.key }} replace />;
}
