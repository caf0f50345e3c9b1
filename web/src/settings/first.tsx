import { Navigate, useParams } from '@tanstack/react-router';

/** `/w/W/settings`: goes on to the first of the settings. */
export function Page() {
  const { workspace = '' } = useParams({ strict: false });
  return <Navigate to="/w/$workspace/settings/general" params={{ workspace }} replace />;
}
