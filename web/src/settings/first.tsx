import { Navigate, useParams } from '@tanstack/react-router';

/** `/w/W/settings`: opens the first page of the settings. */
export function Page() {
  const { workspace = '' } = useParams({ strict: false });
  return <Navigate to="/w/$workspace/settings/general" params={{ workspace }} replace />;
}
