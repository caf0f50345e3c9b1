import { isComposing } from '../ui/composing.ts';
import { searching } from './opened.ts';

/** How Enter is stored in the typed text. */
export const enter = '\n';

let typed = '';
let stopListening: (() => void) | undefined;

/**
 * Stores a key that arrives before the palette's field has the focus, so that it is neither lost nor run as a command.
 */
function take(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey || isComposing(event)) return;
  if (key === 'Escape') searching.set(false);
  else if (key === 'Backspace') typed = typed.slice(0, -1);
  else if (key === 'Enter') typed += enter;
  else if (key.length === 1) typed += key;
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Returns what was typed since the palette was requested, and stops recording: its field now receives the keys. */
export function takeTyped(): string {
  stopListening?.();
  stopListening = undefined;
  const taken = typed;
  typed = '';
  return taken;
}

/** Records what is typed between requesting the palette and its appearing, until the returned function is called. */
export function keepTypedAhead(): () => void {
  const stop = searching.subscribe(() => {
    takeTyped();
    if (!searching.get()) return;
    addEventListener('keydown', take, true);
    stopListening = () => removeEventListener('keydown', take, true);
  });
  return () => {
    stop();
    takeTyped();
  };
}
