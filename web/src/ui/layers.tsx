import { cell } from '../store/cell.ts';

/**
 * The element that contains menus, dialogs and messages. It is inside `<main>`, because people who move between
 * landmarks with a screen reader don't find what is outside of them.
 */
export const layers = cell<HTMLElement | null>(null);

/** The page's main landmark, with the element for what opens over it. */
export function Main({ children, className = '' }: { children: React.ReactNode; className?: string }) {
  return (
    <main id="main" tabIndex={-1} className={className}>
      {children}
      <div ref={layers.set} />
    </main>
  );
}
