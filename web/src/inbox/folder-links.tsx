import { Link } from '@tanstack/react-router';
import { type Folder, folders } from '../api/notifications.ts';
import { t } from '../ui/text.ts';

/** The names of the folders. */
const names: Record<Folder, () => string> = {
  unread: () => t('Unread'),
  inbox: () => t('All'),
  snoozed: () => t('Later'),
  archived: () => t('Done'),
};

interface FoldersProps {
  workspace: string;
  folder: Folder;
  unread: number | undefined;
}

/** Links to the folders of the inbox. */
export function FolderLinks({ workspace, folder: current, unread = 0 }: FoldersProps) {
  return (
    <nav className="inbox-folders" aria-label={t('Parts of the inbox')}>
      {folders.map((folder) => (
        <Link
          key={folder}
          to="/w/$workspace/inbox"
          params={{ workspace }}
          search={folder === 'unread' ? {} : { folder }}
          className="layout"
          activeProps={{}}
          aria-current={folder === current ? 'page' : undefined}
        >
          {names[folder]()}
          {folder === 'unread' && unread > 0 && <span className="figures inbox-unread">{unread}</span>}
        </Link>
      ))}
    </nav>
  );
}
