import type { Notification } from 'baton-sdk';
import { useCallback } from 'react';

/** How long to wait for the comment to appear, in milliseconds. */
const patience_ms = 10_000;

/**
 * Scrolls to the comment that a notification is about, once the ticket is rendered. Returns the ref for the element
 * around the ticket.
 */
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
    // Two notifications can be about one comment, and each must scroll to it.
    [id, comment_id],
  );
}
