import { Link } from '@tanstack/react-router';
import type { Notification } from 'baton-sdk';
import { Suspense, useRef } from 'react';
import { CommandButton } from '../commands/command-button.tsx';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { Icon } from '../ui/icon.tsx';
import { lazilySoon } from '../ui/lazily.ts';
import { Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import type { InboxActs } from './acts.ts';
import { LaterMenu } from './later-menu.tsx';
import { belongs } from './marks.ts';
import { useCause } from './use-cause.ts';
import { subjectOf } from './subject.ts';
import { useSaid } from './use-said.ts';

const Ticket = lazilySoon(() => import('../detail/ticket.tsx'));

interface PaneProps {
  desk: Desk;
  notification: Notification;
  acts: InboxActs;
  /** Called when the notification was archived or snoozed. */
  onGone: () => void;
  onClose: () => void;
  /** Whether there is no list beside it, so that it needs a way back. */
  is_alone: boolean;
}

/** A notification with its actions and its ticket, scrolled to what it is about. */
export function Pane({ desk, notification, acts, onGone, onClose, is_alone }: PaneProps) {
  const { ticket_key } = notification;
  const cause = useCause(notification);
  return (
    <>
      <PaneHead {...{ desk, notification, acts, onGone, onClose, is_alone }} />
      <div className="inbox-ticket" ref={cause}>
        {ticket_key === null ? (
          <p>{subjectOf(notification).title}</p>
        ) : (
          <Suspense fallback={<Skeleton label={t('Loading the ticket…')} />}>
            <Ticket key={ticket_key} desk={desk} reference={ticket_key} onClose={is_alone ? undefined : onClose} />
          </Suspense>
        )}
      </div>
    </>
  );
}

interface SubjectLinkProps {
  workspace: string;
  notification: Notification;
}

/** Links to the ticket, or to the webhook. */
function SubjectLink({ workspace, notification: { ticket_key: ticket, webhook_id: webhook } }: SubjectLinkProps) {
  const className = 'button button-quiet';
  if (ticket !== null) {
    return (
      <Link to="/w/$workspace/t/$ticket" params={{ workspace, ticket }} className={className}>
        {t('Open')}
      </Link>
    );
  }
  if (webhook === null) return null;
  return (
    <Link to="/w/$workspace/settings/webhooks/$webhook" params={{ workspace, webhook }} className={className}>
      {t('Open')}
    </Link>
  );
}

/** What happened, and the actions as buttons. */
function PaneHead({ desk, notification, acts, onGone, onClose, is_alone }: PaneProps) {
  const { says } = useSaid(desk, notification);
  const later_button = useRef<HTMLButtonElement>(null);
  const is_unread = notification.read_at === null;
  const is_in_inbox = belongs(notification, 'inbox', new Date());
  const gone = (act: () => void) => () => {
    onGone();
    act();
  };
  const later = (at: Date) => gone(() => acts.later(notification, at))();
  useCommands(
    is_in_inbox
      ? { inbox_done: gone(() => acts.done(notification)), inbox_later: () => later_button.current?.click() }
      : { inbox_back: gone(() => acts.back(notification)) },
  );
  useCommands({ inbox_unread: () => (is_unread ? acts.read(notification) : acts.unread(notification)) });
  return (
    <header className="inbox-head">
      {is_alone && (
        <button type="button" className="button button-quiet" onClick={onClose}>
          <Icon name="back" /> {t('Inbox')}
        </button>
      )}
      <p className="inbox-says">
        <strong>{says}</strong> <Time at={notification.happened_at} />
      </p>
      <div className="inbox-acts">
        {is_in_inbox ? (
          <>
            <CommandButton id="inbox_done" icon="check">
              {t('Done')}
            </CommandButton>
            <LaterMenu
              trigger={
                <CommandButton ref={later_button} id="inbox_later" icon="later">
                  {t('Later')}
                </CommandButton>
              }
              onLater={later}
            />
          </>
        ) : (
          <CommandButton id="inbox_back" icon="inbox">
            {t('Back into the inbox')}
          </CommandButton>
        )}
        <CommandButton id="inbox_unread" kind="quiet" icon={is_unread ? 'read' : 'unread'}>
          {is_unread ? t('Read') : t('Unread')}
        </CommandButton>
        <SubjectLink workspace={desk.workspace_id} notification={notification} />
      </div>
    </header>
  );
}
