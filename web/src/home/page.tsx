import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { workspacesQuery } from '../api/workspaces.ts';
import { lastPlace } from '../store/place.ts';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';

/** `/`: opens the board of the project that was visited last, or else the first workspace. */
export function Page() {
  const { data, error, refetch } = useQuery(workspacesQuery());
  if (error !== null)
    return (
      <Failed is_page what={t('Your workspaces could not be loaded')} error={error} onRetry={() => void refetch()} />
    );
  if (data === undefined) return <Skeleton label={t('Loading your workspaces…')} />;
  const [first] = data;
  if (first === undefined) return <Navigate to="/new-workspace" replace />;
  const last = lastPlace();
  const workspace = data.find(({ id }) => id === last?.workspace) ?? first;
  if (workspace.id !== last?.workspace || last.project === undefined) {
    return <Navigate to="/w/$workspace" params={{ workspace: workspace.id }} replace />;
  }
  const { project } = last;
  return <Navigate to="/w/$workspace/p/$project/board" params={{ workspace: workspace.id, project }} replace />;
}
