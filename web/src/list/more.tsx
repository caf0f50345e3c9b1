import { useEffect, useRef } from 'react';
import { failureOf } from '../api/problems.ts';
import { Button } from '../ui/button.tsx';
import { t } from '../ui/text.ts';
import type { Item } from './items.ts';

/** How far below the screen the next page starts to load. */
const ahead = '600px';

/** The end of the loaded tickets. The next page loads when it comes near, or by its button. */
export function More({ item: { group, state }, index }: { item: Extract<Item, { kind: 'more' }>; index: number }) {
  const { list } = group;
  const line = useRef<HTMLDivElement>(null);
  const failed = state.error !== undefined;
  useEffect(() => {
    if (line.current === null || failed) return undefined;
    const watcher = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) void list.more();
      },
      { rootMargin: ahead },
    );
    watcher.observe(line.current);
    return () => watcher.disconnect();
    // Checked again after each page: if the page was short, the end is still on the screen.
  }, [list, failed, state]);
  const failure = failed ? failureOf(state.error) : undefined;
  const is_loading = state.loading !== 'no' && !failed;
  return (
    <div ref={line} role="row" aria-rowindex={index} className="more">
      <div role="gridcell" className="more-cell">
        {failure !== undefined && (
          <span role="alert">{t('More tickets could not be loaded. {title}.', { title: failure.title })}</span>
        )}
        <Button kind="quiet" busy={is_loading} onClick={() => void list.more()}>
          {is_loading ? t('Loading…') : failed ? t('Try again') : t('Load more')}
        </Button>
      </div>
    </div>
  );
}
