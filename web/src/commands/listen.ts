import { preferences } from '../store/preferences.ts';
import { isComposing } from '../ui/composing.ts';
import { Sequences } from './keys.ts';
import { type CommandId, commands, run } from './registry.ts';
import { keysOf } from './remap.ts';

/** Returns the current keys of every command. */
function currentSequences(): Sequences<CommandId> {
  const ids = Object.keys(commands) as CommandId[];
  const keyed = ids.map((id) => [id, keysOf(id)] as const);
  return new Sequences(keyed.filter((one): one is readonly [CommandId, string] => one[1] !== undefined));
}

const writes = 'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]';
const over = '[role=dialog], [role=alertdialog], [role=menu]';

/** Returns whether the person is typing, or something with its own keys is open. */
function isTaken({ target }: KeyboardEvent, { with_mod }: { with_mod: boolean }): boolean {
  if (document.querySelector(over) !== null) return true;
  return !with_mod && target instanceof Element && target.closest(writes) !== null;
}

/** Runs commands by their keys until the returned function is called. */
export function listenToKeys(): () => void {
  let sequences = currentSequences();
  const stop = preferences.subscribe(() => {
    sequences = currentSequences();
  });
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isComposing(event)) return;
    const with_mod = event.ctrlKey || event.metaKey;
    if (isTaken(event, { with_mod }) || (!with_mod && !preferences.get().single_keys)) return;
    for (const id of sequences.press(event, event.timeStamp)) {
      if (event.repeat && commands[id].repeats !== true) continue;
      if (!run(id)) continue;
      event.preventDefault();
      return;
    }
  };
  addEventListener('keydown', listener);
  return () => {
    removeEventListener('keydown', listener);
    stop();
  };
}
