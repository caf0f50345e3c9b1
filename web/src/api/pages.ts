import { type InfiniteData, infiniteQueryOptions, type QueryKey } from '@tanstack/react-query';

/** A page of a list, as the server returns it. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/** The cursor of the first page. */
const first_page = 'start';

/** The query of a list that is read page by page. */
export function pagesQuery<T>(queryKey: QueryKey, load: (cursor: string, signal: AbortSignal) => Promise<Page<T>>) {
  return infiniteQueryOptions<Page<T>, Error, InfiniteData<Page<T>, string>, QueryKey, string>({
    queryKey,
    initialPageParam: first_page,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  });
}

export type PagesQuery<T> = ReturnType<typeof pagesQuery<T>>;
