import type { Notification } from 'baton-sdk';
import type { Folder } from '../api/notifications.ts';
import type { Desk } from '../desk/desk.ts';
import { Button } from '../ui/button.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import type { InboxActs } from './acts.ts';
import { Nothing } from './nothing.tsx';
import { Row } from './row.tsx';
import type { useFolder } from './use-inbox.ts';
import type { Move, Rows } from './use-rows.ts';

interface ListProps {
  desk: Desk;
  folder: Folder;
  rows: readonly Notification[];
  query: ReturnType<typeof useFolder>['query'];
  acts: InboxActs;
  chosen: string | undefined;
  roving: Rows;
  onGone: (id: string) => void;
}

const moves: Partial<Record<string, Move>> = { ArrowDown: 'next', ArrowUp: 'previous', Home: 'first', End: 'last' };

/** The notifications of a folder. */
export function NoteList({ desk, folder, rows, query, acts, chosen, roving, onGone }: ListProps) {
  const { error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  if (error !== null && rows.length === 0) {
    return <Failed what={t('The inbox could not be loaded')} error={error} onRetry={() => void refetch()} />;
  }
  if (isPending) return <Skeleton label={t('Loading the inbox…')} />;
  if (rows.length === 0 && !hasNextPage) return <Nothing workspace={desk.workspace_id} folder={folder} />;
  const { active, setActive, move, list } = roving;
  return (
    <>
      <ul
        ref={list}
        className="notes"
        aria-label={t('Notifications, latest first')}
        onKeyDown={(event) => {
          const to = moves[event.key];
          const is_plain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
          if (to === undefined || !is_plain || !(event.target instanceof HTMLAnchorElement)) return;
          event.preventDefault();
          move(to);
        }}
      >
        {rows.map((one) => (
          <Row
            key={one.id}
            desk={desk}
            notification={one}
            folder={folder}
            acts={acts}
            is_open={one.id === chosen}
            is_active={one.id === active}
            onActive={setActive}
            onGone={onGone}
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button className="notes-more" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? t('Loading…') : t('Show earlier ones')}
        </Button>
      )}
    </>
  );
}
