import { searching } from './opened.ts';

/** What Enter is in what was typed. */
export const enter = '\n';

let typed = '';
let stopListening: (() => void) | undefined;

/** Takes a key that comes before the palette's field has the focus: no command of the page, and no letter that is lost. */
function take(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey || event.isComposing) return;
  if (key === 'Escape') searching.set(false);
  else if (key === 'Backspace') typed = typed.slice(0, -1);
  else if (key === 'Enter') typed += enter;
  else if (key.length === 1) typed += key;
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** What was typed since the palette was asked for. From now on its field has the keys. */
export function takeTyped(): string {
  stopListening?.();
  stopListening = undefined;
  const taken = typed;
  typed = '';
  return taken;
}

/** Keeps what is typed between asking for the palette and its being there, until the function it returns is called. */
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
