import type { useInfiniteQuery } from '@tanstack/react-query';
import type { AuditEntry } from 'baton-sdk';
import type { Desk } from '../desk/desk.ts';
import { dateLanguage, timeZone } from '../store/preferences.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { EntryRow } from './entry-row.tsx';
import type { AuditAddress } from './filters.ts';
import { useNames } from './use-names.ts';

interface ListProps {
  desk: Desk;
  query: ReturnType<typeof useInfiniteQuery<{ data: AuditEntry[] }, Error>>;
  address: AuditAddress;
  change: (changed: AuditAddress) => void;
}

const dayName = (at: string) =>
  new Date(at).toLocaleDateString(dateLanguage(), { dateStyle: 'full', timeZone: timeZone() });

/** Groups the entries by day in the person’s time zone, keeping their order. */
function byDay(entries: readonly AuditEntry[]): Map<string, AuditEntry[]> {
  return Map.groupBy(entries, ({ created_at }) => dayName(created_at));
}

/** The entries of the log, day by day. */
export function EntryList({ desk, query, address, change }: ListProps) {
  const { data, error, refetch, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const entries = data?.pages.flatMap((page) => page.data) ?? [];
  const names = useNames(desk, entries);
  if (error !== null && entries.length === 0) {
    return <Failed what={t('The audit log could not be loaded')} error={error} onRetry={() => void refetch()} />;
  }
  if (isPending) return <Skeleton rows={10} label={t('Loading the audit log…')} />;
  if (entries.length === 0) {
    return (
      <Empty
        title={t('No entry matches')}
        says={t('No entry matches all of these filters. Change them, or clear them.')}
      >
        <Button onClick={() => change({})}>{t('Clear filters')}</Button>
      </Empty>
    );
  }
  return (
    <div className="audit-days" aria-busy={isPlaceholderData}>
      {[...byDay(entries)].map(([day, of_day]) => (
        <section key={day} className="audit-of-day" aria-label={day}>
          <h2>{day}</h2>
          <ol className="entries">
            {of_day.map((entry) => (
              <EntryRow key={entry.id} workspace={desk.workspace_id} {...{ entry, names, address, change }} />
            ))}
          </ol>
        </section>
      ))}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? t('Loading…') : t('Show earlier entries')}
        </Button>
      )}
    </div>
  );
}
