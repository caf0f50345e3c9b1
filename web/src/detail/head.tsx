import { useQuery, useQueryClient } from '@tanstack/react-query';
import { failureOf } from '../api/problems.ts';
import { toggleWatching, watchingQuery } from '../api/watching.ts';
import { useCommands } from '../commands/use-commands.ts';
import { copyLink, remove, restore } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { usePlaceOf } from '../desk/trail.ts';
import type { May } from '../desk/use-may.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';

interface HeadProps {
  desk: Desk;
  ticket: KnownTicket;
  may: May;
  /** The way back, shown before the key. */
  back: React.ReactNode;
  /** Opens another ticket in place of this one. */
  onGo?: ((key: string) => void) | undefined;
  /** Closes the ticket beside the list. */
  onClose?: (() => void) | undefined;
}

/** The line above a ticket: its key, and the actions on the whole ticket. */
export function Head({ desk, ticket, may, back, onGo, onClose }: HeadProps) {
  const { key } = ticket;
  const watching = useWatching(desk, ticket.id);
  const is_deleted = ticket.deleted_at !== null;
  const removeIt = () => (may.may ? remove(desk, ticket) : toast({ kind: 'error', text: may.why }));
  useCommands({
    copy_link: () => copyLink(desk, ticket),
    watch: watching.toggle,
    delete_ticket: is_deleted ? () => restore(desk, ticket) : removeIt,
  });
  return (
    <div className="ticket-head">
      {back}
      <span className="ticket-key figures">{key}</span>
      <IconButton
        icon="link"
        label={t('Copy the address of {key}', { key })}
        keys="y"
        onClick={() => copyLink(desk, ticket)}
      />
      {onGo !== undefined && <Neighbours {...{ desk, ticket, onGo }} has_keys={onClose === undefined} />}
      <span className="ticket-head-end">
        <Button
          kind="quiet"
          icon="eye"
          aria-pressed={watching.watches}
          title={t('Whether you are told of steps and comments')}
          onClick={watching.toggle}
        >
          {watching.watches ? t('Watching') : t('Watch')}
        </Button>
        <Menu align="end" trigger={<IconButton icon="more" label={t('More for {key}', { key })} />}>
          <MenuItem icon="link" keys="y" onSelect={() => copyLink(desk, ticket)}>
            {t('Copy the address')}
          </MenuItem>
          {is_deleted ? (
            <MenuItem icon="undo" disabled={!may.may} onSelect={() => restore(desk, ticket)}>
              {t('Restore')}
            </MenuItem>
          ) : (
            <MenuItem icon="trash" disabled={!may.may} onSelect={removeIt}>
              {t('Delete')}
            </MenuItem>
          )}
        </Menu>
        {onClose !== undefined && (
          <IconButton icon="close" label={t('Close {key}', { key })} keys="Escape" onClick={onClose} />
        )}
      </span>
    </div>
  );
}

interface NeighboursProps extends Pick<HeadProps, 'desk' | 'ticket'> {
  onGo: (key: string) => void;
  /** Whether the ticket may bind the keys; beside a list, the list binds them to do the same. */
  has_keys: boolean;
}

/** The ticket’s position in the list or board that it was opened from, with links to its neighbours. */
function Neighbours({ desk, ticket, onGo, has_keys }: NeighboursProps) {
  const place = usePlaceOf(desk, ticket);
  const go = (key: string | undefined) => key !== undefined && onGo(key);
  useCommands(
    { next: () => go(place?.next), previous: () => go(place?.previous) },
    () => has_keys && place !== undefined,
  );
  if (place === undefined) return null;
  const { at, of, has_more, previous, next } = place;
  return (
    <span className="ticket-place">
      <span className="figures">{has_more ? t('{at} of {of}+', { at, of }) : t('{at} of {of}', { at, of })}</span>
      <IconButton
        icon="back"
        label={previous === undefined ? t('This is the first') : t('Previous: {key}', { key: previous })}
        keys="k"
        aria-disabled={previous === undefined}
        onClick={() => go(previous)}
      />
      <IconButton
        icon="forward"
        label={next === undefined ? t('This is the last') : t('Next: {key}', { key: next })}
        keys="j"
        aria-disabled={next === undefined}
        onClick={() => go(next)}
      />
    </span>
  );
}

/** Whether the person watches the ticket, and a function that changes it and shows a message if that fails. */
function useWatching({ workspace_id }: Desk, ticket_id: string): { watches: boolean; toggle: () => void } {
  const queries = useQueryClient();
  const watches = useQuery(watchingQuery(workspace_id, ticket_id)).data?.watches ?? false;
  const toggle = () =>
    void toggleWatching(queries, workspace_id, ticket_id).catch((error: unknown) =>
      toast({ kind: 'error', text: t('That was not kept. {title}.', { title: failureOf(error).title }) }),
    );
  return { watches, toggle };
}
