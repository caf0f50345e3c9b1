import { Link } from '@tanstack/react-router';
import type { Folder } from '../api/notifications.ts';
import { Empty } from '../ui/states.tsx';
import { t } from '../ui/text.ts';

const reasons: Record<Folder, () => { title: string; says: string }> = {
  unread: () => ({
    title: t('You are up to date'),
    says: t(
      'When somebody assigns you a ticket, mentions you, or does something on a ticket that you watch, it is here.',
    ),
  }),
  inbox: () => ({
    title: t('Nothing here'),
    says: t('Everything is done or put off. What happens next on your tickets comes here.'),
  }),
  snoozed: () => ({
    title: t('Nothing is put off'),
    says: t('Put off what you can’t do now. It comes back by itself when its time has come.'),
  }),
  archived: () => ({
    title: t('Nothing is done yet'),
    says: t('What you are done with stays here for 90 days, unless the people who run the server chose another time.'),
  }),
};

/** An empty folder: why it is empty, and where to go from there. */
export function Nothing({ workspace, folder }: { workspace: string; folder: Folder }) {
  const { title, says } = reasons[folder]();
  return (
    <Empty title={title} says={says}>
      {folder === 'unread' ? (
        <Link
          to="/w/$workspace/list"
          params={{ workspace }}
          search={{ assignee: 'me' }}
          className="button button-plain"
        >
          {t('See what is assigned to you')}
        </Link>
      ) : (
        <Link to="/w/$workspace/inbox" params={{ workspace }} className="button button-plain" activeProps={{}}>
          {t('See what is unread')}
        </Link>
      )}
    </Empty>
  );
}
