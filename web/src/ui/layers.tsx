import { cell } from '../store/cell.ts';

/**
 * Where menus, dialogs and messages are drawn: inside of `<main>`, because what stands beside the page’s landmarks is found by
 * no screen reader that goes from one to the next.
 */
export const layers = cell<HTMLElement | null>(null);

/** The page's main part, with the place for what is drawn over it. */
export function Main({ children, className = '' }: { children: React.ReactNode; className?: string }) {
  return (
    <main id="main" tabIndex={-1} className={className}>
      {children}
      <div ref={layers.set} />
    </main>
  );
}
