import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import type { Desk } from './desk.ts';
import { useProject } from './use-desk.ts';

/** The note above an archived project's tickets, which says that nothing can be changed. */
export default function ArchivedNote({ desk, project }: { desk: Desk; project: string | undefined }) {
  const found = useProject(desk, project);
  if (found === undefined || found.archived_at === null) return null;
  return (
    <div className="connection" role="status">
      <Icon name="warning" />
      <p>{t('{name} is archived: its tickets can be read and not changed.', { name: found.name })}</p>
    </div>
  );
}
