import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { nameTab } from './tab.ts';

/** The address that had the focus last: the first page of a visit leaves it where the browser puts it. */
let focused_at: string | undefined;

interface TitleProps {
  children: string;
  /** What the tab says, where the heading alone would be too little. */
  tab?: string | undefined;
  className?: string;
}

/** The page's heading and the tab's title. It gets the focus when the page is another one, for a reader to begin there; but not from a dialog over it. */
export function Title({ children, tab = children, className = '' }: TitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The page's, and not yet the next one's, which is loaded while this one is still there.
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
