import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { unreadQuery } from '../api/notifications.ts';
import { Icon } from '../ui/icon.tsx';
import { countTab } from '../ui/tab.ts';
import { t } from '../ui/text.ts';
import './link.css';

/** The server counts up to this number. */
const most = 1000;
/** The largest number that is shown exactly. */
const shown = 99;

/** The link to the inbox, with the number of unread notifications, which is also in the tab’s title. */
export function InboxLink({ workspace }: { workspace: string }) {
  const { data: unread = 0 } = useQuery(unreadQuery(workspace));
  useEffect(() => {
    countTab(unread);
    return () => countTab(0);
  }, [unread]);
  const name =
    unread === 0
      ? t('Inbox')
      : unread >= most
        ? t('Inbox, 1,000 or more unread')
        : t('Inbox, {unread} unread', { unread });
  return (
    <Link
      to="/w/$workspace/inbox"
      params={{ workspace }}
      className="icon-button inbox-link"
      aria-label={name}
      title={name}
    >
      <Icon name="inbox" />
      {unread > 0 && (
        <span className="inbox-count figures" aria-hidden="true">
          {unread > shown ? t('{shown}+', { shown }) : unread}
        </span>
      )}
    </Link>
  );
}
