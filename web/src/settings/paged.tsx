import { useInfiniteQuery } from '@tanstack/react-query';
import type { PagesQuery } from '../api/pages.ts';
import { Button } from '../ui/button.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';

interface PagedProps<T> {
  query: PagesQuery<T>;
  loading: string;
  /** The message when loading fails. */
  failed: string;
  /** Returns the polling interval while the list is on the page, in milliseconds, or false. */
  every_ms?: ((items: readonly T[]) => number | false) | undefined;
  /** Shown if the list is empty. */
  none: React.ReactNode;
  children: (items: readonly T[]) => React.ReactNode;
}

/** A list that is read page by page; a button loads the next page. */
export function Paged<T>({ query, loading, failed, every_ms, none, children }: PagedProps<T>) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...query,
    refetchInterval: ({ state }) => every_ms?.(state.data?.pages.flatMap((page) => page.data) ?? []) ?? false,
  });
  if (data === undefined) {
    if (error === null) return <Skeleton label={loading} rows={3} />;
    return <Failed what={failed} error={error} onRetry={() => void refetch()} />;
  }
  const items = data.pages.flatMap((page) => page.data);
  return (
    <>
      {items.length === 0 && !hasNextPage ? none : children(items)}
      {error !== null && <Failed what={failed} error={error} onRetry={() => void refetch()} />}
      {hasNextPage && (
        <Button className="show-more" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? t('Loading…') : t('Show more')}
        </Button>
      )}
    </>
  );
}
