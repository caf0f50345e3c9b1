import { Link } from '@tanstack/react-router';
import type { Notification } from 'baton-sdk';
import { memo } from 'react';
import type { Folder } from '../api/notifications.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { mentionedIn, withNames } from '../detail/mentions.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import type { InboxActs } from './acts.ts';
import { LaterMenu } from './later-menu.tsx';
import { whenOf } from './later.ts';
import { subjectOf } from './subject.ts';
import { useSaid } from './use-said.ts';

interface RowProps {
  desk: Desk;
  notification: Notification;
  folder: Folder;
  acts: InboxActs;
  is_open: boolean;
  /** Whether this row is in the tab order; only one is. */
  is_active: boolean;
  onActive: (id: string) => void;
  /** Called when the notification was archived or snoozed. */
  onGone: (id: string) => void;
}

/** A notification as a link to its ticket in the inbox, with its actions. */
export const Row = memo(function Row({ desk, notification, folder, acts, ...rest }: RowProps) {
  const { is_open, is_active, onActive, onGone } = rest;
  const { id, comment_excerpt, actor_id, read_at, snoozed_until } = notification;
  const about = subjectOf(notification);
  const { says, actor } = useSaid(desk, notification);
  const nameOf = usePeople(desk, mentionedIn(comment_excerpt ?? ''));
  const is_unread = read_at === null;
  return (
    <li className="note" data-id={id} data-unread={is_unread || undefined} data-open={is_open || undefined}>
      <Link
        to="/w/$workspace/inbox"
        params={{ workspace: desk.workspace_id }}
        search={{ ...(folder !== 'unread' && { folder }), n: id }}
        className="note-link"
        tabIndex={is_active ? 0 : -1}
        activeProps={{}}
        aria-current={is_open ? 'true' : undefined}
        onFocus={() => onActive(id)}
      >
        <span className="note-mark">
          {is_unread && <span className="note-dot" />}
          {is_unread && <span className="hidden">{t('Unread.')}</span>}
        </span>
        <span className="note-who" aria-hidden="true">
          {actor_id === null ? (
            <Icon name={notification.webhook_id === null ? 'calendar' : 'warning'} />
          ) : (
            <Avatar id={actor_id} name={actor ?? ' '} />
          )}
        </span>
        <span className="note-says">{says}</span>
        <span className="note-time">
          {folder === 'snoozed' && snoozed_until !== null ? (
            <time dateTime={snoozed_until}>{whenOf(new Date(snoozed_until), new Date())}</time>
          ) : (
            <Time at={notification.happened_at} />
          )}
        </span>
        <span className="note-ticket">
          <span className="figures note-key">{about.name}</span> {about.title}
        </span>
        {comment_excerpt !== null && <span className="note-excerpt">{withNames(comment_excerpt, nameOf)}</span>}
      </Link>
      <RowActs {...{ notification, folder, acts, is_active, onGone }} />
    </li>
  );
});

type ActsProps = Pick<RowProps, 'notification' | 'folder' | 'acts' | 'is_active' | 'onGone'>;

/** The actions on a row as buttons; the keys do the same. */
function RowActs({ notification, folder, acts, is_active, onGone }: ActsProps) {
  const { id, read_at } = notification;
  const { name: key } = subjectOf(notification);
  const tabIndex = is_active ? 0 : -1;
  const is_away = folder === 'archived' || folder === 'snoozed';
  return (
    <div className="note-acts">
      {is_away ? (
        <IconButton
          icon="inbox"
          label={t('Put {key} back into the inbox', { key })}
          tabIndex={tabIndex}
          onClick={() => {
            onGone(id);
            acts.back(notification);
          }}
        />
      ) : (
        <>
          <IconButton
            icon="check"
            label={t('{key} is done', { key })}
            tabIndex={tabIndex}
            onClick={() => {
              onGone(id);
              acts.done(notification);
            }}
          />
          <LaterMenu
            trigger={<IconButton icon="later" label={t('Put {key} off', { key })} tabIndex={tabIndex} />}
            onLater={(at) => {
              onGone(id);
              acts.later(notification, at);
            }}
          />
          <IconButton
            icon={read_at === null ? 'read' : 'unread'}
            label={read_at === null ? t('Mark {key} as read', { key }) : t('Mark {key} as unread', { key })}
            tabIndex={tabIndex}
            onClick={() => (read_at === null ? acts.read(notification) : acts.unread(notification))}
          />
        </>
      )}
    </div>
  );
}
