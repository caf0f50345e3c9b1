import { useCommands } from '../commands/use-commands.ts';
import type { Selection } from '../list/use-selection.ts';
import type { Heading } from './use-card-focus.ts';

interface Focused {
  active: string | undefined;
  move: (heading: Heading) => string | undefined;
  board: React.RefObject<HTMLDivElement | null>;
}

/** Whether somebody may be typing there. */
export const isText = (target: EventTarget): boolean =>
  target instanceof HTMLInputElement && target.type !== 'checkbox';

/** Selects the card that has the focus and the next one to which it goes. */
export function useExtend(
  { active, move }: Focused,
  { selected, toggle }: Selection,
): (heading: 'up' | 'down') => void {
  return (heading) => {
    if (active !== undefined && !selected.has(active)) toggle(active, false);
    const id = move(heading);
    if (id !== undefined) toggle(id, true);
  };
}

/** What the keys select. */
export function useSelectCommands(
  { active, board }: Focused,
  { selection, extend }: { selection: Selection; extend: (heading: 'up' | 'down') => void },
): void {
  const has_focus = () => board.current?.contains(document.activeElement) === true;
  useCommands(
    {
      select: () => active !== undefined && selection.toggle(active, false),
      next_too: () => extend('down'),
      previous_too: () => extend('up'),
      // Elsewhere on the page the browser marks its text.
      select_all: selection.all,
    },
    has_focus,
  );
}
