import { useCommands } from '../commands/use-commands.ts';
import type { Selection } from '../list/use-selection.ts';
import type { Heading } from './use-card-focus.ts';

interface Focused {
  active: string | undefined;
  move: (heading: Heading) => string | undefined;
  board: React.RefObject<HTMLDivElement | null>;
}

/** Returns whether the target is a text input. */
export const isText = (target: EventTarget): boolean =>
  target instanceof HTMLInputElement && target.type !== 'checkbox';

/** Selects the focused card and the one that the focus moves to. */
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

/** Binds the commands that select cards. */
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
      // Only while the board has the focus; elsewhere the browser selects the page's text.
      select_all: selection.all,
    },
    has_focus,
  );
}
