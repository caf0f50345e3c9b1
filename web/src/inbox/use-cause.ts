import type { Notification } from 'baton-sdk';
import { useCallback } from 'react';

/** After this, a comment that didn’t appear is no longer waited for. */
const patience_ms = 10_000;

/** Brings what a notification is about into view, as soon as the ticket around it is drawn. Returns the ref for what is around. */
export function useCause({ id, comment_id }: Notification): (around: HTMLElement | null) => (() => void) | undefined {
  return useCallback(
    (around) => {
      if (around === null || comment_id === null) return undefined;
      let found: Element | null = null;
      const show = () => {
        found = around.querySelector(`[id="comment-${comment_id}"]`);
        found?.scrollIntoView({ block: 'center' });
        found?.setAttribute('data-cause', '');
        return found !== null;
      };
      const observer = new MutationObserver(() => show() && observer.disconnect());
      if (!show()) observer.observe(around, { childList: true, subtree: true });
      const timer = setTimeout(() => observer.disconnect(), patience_ms);
      return () => {
        observer.disconnect();
        clearTimeout(timer);
        found?.removeAttribute('data-cause');
      };
    },
    // Two notifications can be about one comment: each brings it into view.
    [id, comment_id],
  );
}
