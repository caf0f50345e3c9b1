import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Notification } from 'baton-sdk';
import { unreadQuery } from '../api/notifications.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { useDesk, useLive } from '../desk/use-desk.ts';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { useMedia, wide } from '../ui/use-media.ts';
import type { InboxActs } from './acts.ts';
import { FolderLinks } from './folder-links.tsx';
import { NoteList } from './note-list.tsx';
import { Pane } from './pane.tsx';
import { useActs, useAddress, useChosen, useFolder } from './use-inbox.ts';
import { type Move, neighbourOf, useOneByOne, useRows } from './use-rows.ts';
import './inbox.css';

/** `/w/W/inbox`: the person's notifications, with the ticket of the open one beside them. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  return <Inbox key={desk.workspace_id} desk={desk} />;
}

function Inbox({ desk }: { desk: Desk }) {
  const workspace = desk.workspace_id;
  const { folder, chosen, choose } = useAddress(workspace);
  const { rows, query } = useFolder(workspace, folder);
  const { shown, error } = useChosen(workspace, rows, chosen);
  const { data: unread } = useQuery(unreadQuery(workspace));
  const acts = useActs(workspace);
  const is_wide = useMedia(wide);
  const has_pane = is_wide || chosen !== undefined;
  const has_list = is_wide || chosen === undefined;

  const open = (id: string) => choose(id, { replace: chosen !== undefined });
  const roving = useRows(rows, { chosen, open: has_pane ? open : undefined });
  // When a notification is archived or snoozed, open the next one; on a narrow screen, return to the list.
  const gone = (id: string) => {
    const next = neighbourOf(rows, id);
    if (chosen === id) choose(is_wide ? next : undefined, { replace: true });
    roving.goOn(next);
  };
  const close = () => choose(undefined);
  const pane = useOneByOne(roving, { chosen, is_wide });
  useInboxCommands({
    workspace,
    rows,
    shown,
    acts,
    move: roving.move,
    close: chosen === undefined ? undefined : close,
  });

  return (
    <div className={is_wide ? 'inbox inbox-wide' : 'inbox'}>
      <section className="inbox-side" hidden={!has_list} aria-label={t('Notifications')}>
        <div className="inbox-top">
          <Title>{t('Inbox')}</Title>
          <CommandButton id="inbox_all_read" kind="quiet" icon="read" disabled={rows.length === 0}>
            {t('Mark all as read')}
          </CommandButton>
          <FolderLinks workspace={workspace} folder={folder} unread={unread} />
        </div>
        <div className="inbox-rows">
          <NoteList {...{ desk, folder, rows, query, acts, chosen, roving }} onGone={gone} />
        </div>
      </section>
      {has_pane && (
        <section ref={pane} className="inbox-pane" aria-label={t('The ticket of the notification')}>
          {shown !== undefined ? (
            <Pane
              desk={desk}
              notification={shown}
              acts={acts}
              onGone={() => gone(shown.id)}
              onClose={close}
              is_alone={!is_wide}
            />
          ) : chosen === undefined ? (
            rows.length > 0 && <p className="inbox-none">{t('Choose a notification to see its ticket here.')}</p>
          ) : error !== null ? (
            <Failed what={t('The notification could not be opened')} error={error} onRetry={close} />
          ) : (
            <Skeleton label={t('Loading the notification…')} />
          )}
        </section>
      )}
    </div>
  );
}

interface CommandsProps {
  workspace: string;
  rows: readonly Notification[];
  shown: Notification | undefined;
  acts: InboxActs;
  move: (to: Move) => void;
  close: (() => void) | undefined;
}

/** Binds the inbox's commands for the open notification. */
function useInboxCommands({ workspace, rows, shown, acts, move, close }: CommandsProps): void {
  const navigate = useNavigate();
  const has_rows = () => rows.length > 0;
  useCommands({ inbox_all_read: () => void acts.allRead(rows) }, has_rows);
  useCommands({ next: () => move('next'), previous: () => move('previous') }, has_rows);
  useCommands({ close: () => close?.() }, () => close !== undefined);
  const toTicket = () => {
    if (shown === undefined) return;
    const { ticket_key: ticket, webhook_id: webhook } = shown;
    if (ticket !== null) void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace, ticket } });
    else if (webhook !== null)
      void navigate({ to: '/w/$workspace/settings/webhooks/$webhook', params: { workspace, webhook } });
  };
  useCommands({ open: toTicket }, () => shown !== undefined);
}
