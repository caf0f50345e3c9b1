import { prefer, preferences } from '../store/preferences.ts';
import type { Pressed } from './keys.ts';
import { type CommandId, commands } from './registry.ts';

/** Returns the keys of a command: the ones that the person has chosen, or else the default. */
export const keysOf = (id: CommandId): string | undefined => preferences.get().keys[id] ?? commands[id].keys;

/** Returns whether two commands' keys are equal, or one is the start of the other. */
export const inTheWay = (one: string | undefined, other: string | undefined): boolean => {
  if (one === undefined || other === undefined) return false;
  return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
};

/** Returns the command that already uses these keys and can work at the same time as the given one. */
export function holderOf(keys: string, id: CommandId): CommandId | undefined {
  const { section } = commands[id];
  return (Object.keys(commands) as CommandId[]).find((other) => {
    const together = section === commands[other].section || [section, commands[other].section].includes('everywhere');
    return other !== id && together && inTheWay(keysOf(other), keys);
  });
}

/**
 * Returns whether a command's keys can be changed. Those with Ctrl or ⌘ cannot; they don't interfere with screen
 * readers.
 */
export const isRemappable = (id: CommandId): boolean => !(commands[id].keys ?? 'Mod+').includes('Mod+');

/** Writes a press as keys; undefined if a command can't have it: modifiers other than Shift, and named keys. */
export function writtenAs({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | undefined {
  if (ctrlKey || metaKey || altKey || !/^[^\s\p{C}]$/u.test(key)) return undefined;
  if (!/\p{L}/u.test(key)) return key;
  return shiftKey ? `Shift+${key.toLowerCase()}` : key.toLowerCase();
}

/** Changes a command's keys; undefined restores the default. */
export function remap(id: CommandId, keys: string | undefined): void {
  const { [id]: _, ...others } = preferences.get().keys;
  prefer({ keys: keys === undefined || keys === commands[id].keys ? others : { ...others, [id]: keys } });
}
