import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { nameTab } from './tab.ts';

/**
 * The address whose heading was focused last. On the first page of a visit, the focus stays where the browser puts it.
 */
let focused_at: string | undefined;

interface TitleProps {
  children: string;
  /** The title of the tab, if the heading alone is not enough. */
  tab?: string | undefined;
  className?: string;
}

/**
 * The page's heading, and the tab's title. The heading gets the focus when another page opens, so that screen readers
 * start there, unless a dialog is open.
 */
export function Title({ children, tab = children, className = '' }: TitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The address of the rendered page: while the next page loads, the router's location is already the next one.
  const at = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  useEffect(() => {
    nameTab(`${tab} · Baton`);
  }, [tab]);
  useEffect(() => {
    const is_under = document.activeElement?.closest('[role$="dialog"]') != null;
    if (focused_at !== undefined && focused_at !== at && !is_under) heading.current?.focus();
    focused_at = at;
  }, [at]);
  return (
    <h1 ref={heading} tabIndex={-1} className={className}>
      {children}
    </h1>
  );
}
