import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useParams } from '@tanstack/react-router';
import { isCode } from '../api/problems.ts';
import { viewQuery } from '../api/views.ts';
import { projectsQuery } from '../api/workspaces.ts';
import { useKeyOf } from '../list/view-acts.ts';
import { linkTo } from '../list/views.ts';
import { Empty, Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';

/** `/w/W/v/VIEW`: opens the list or board that the view is for, with its saved filters. */
export function Page() {
  const { workspace = '', view: id = '' } = useParams({ strict: false });
  const { data: view, error, refetch } = useQuery({ ...viewQuery(workspace, id), staleTime: 0 });
  const { isPending } = useQuery(projectsQuery(workspace));
  const keyOf = useKeyOf(workspace);
  if (isCode(error, 'not_found')) return <NotThere workspace={workspace} />;
  if (error !== null) {
    return <Failed is_page what={t('The view could not be loaded')} error={error} onRetry={() => void refetch()} />;
  }
  if (view === undefined || isPending) return <Skeleton label={t('Loading the view…')} />;
  return <Navigate {...linkTo(workspace, view, keyOf)} replace />;
}

const NotThere = ({ workspace }: { workspace: string }) => (
  <>
    <Title className="hidden" tab={t('View not found')}>
      {t('View not found')}
    </Title>
    <Empty title={t('There is no such view')} says={t('It was deleted, or it is somebody’s own.')}>
      <Link to="/w/$workspace/list" params={{ workspace }} className="button button-primary">
        {t('Go to the list')}
      </Link>
    </Empty>
  </>
);
