import { prefer, preferences } from '../store/preferences.ts';
import type { Pressed } from './keys.ts';
import { type CommandId, commands } from './registry.ts';

/** The keys of a command: those that the person chose for it, else its own. */
export const keysOf = (id: CommandId): string | undefined => preferences.get().keys[id] ?? commands[id].keys;

/** Whether two commands' keys are the same, or one is where the other begins. */
export const inTheWay = (one: string | undefined, other: string | undefined): boolean => {
  if (one === undefined || other === undefined) return false;
  return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
};

/** The command that has these keys where another works, which can't have them too. */
export function holderOf(keys: string, id: CommandId): CommandId | undefined {
  const { section } = commands[id];
  return (Object.keys(commands) as CommandId[]).find((other) => {
    const together = section === commands[other].section || [section, commands[other].section].includes('everywhere');
    return other !== id && together && inTheWay(keysOf(other), keys);
  });
}

/** Whether a command's keys can be others: those with Ctrl or ⌘ disturb no screen reader, and stay. */
export const isRemappable = (id: CommandId): boolean => !(commands[id].keys ?? 'Mod+').includes('Mod+');

/** A press as keys are written; undefined for what no command can have: several modifiers, and keys with a name. */
export function writtenAs({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string | undefined {
  if (ctrlKey || metaKey || altKey || !/^[^\s\p{C}]$/u.test(key)) return undefined;
  if (!/\p{L}/u.test(key)) return key;
  return shiftKey ? `Shift+${key.toLowerCase()}` : key.toLowerCase();
}

/** Gives a command other keys; its own ones again, for none. */
export function remap(id: CommandId, keys: string | undefined): void {
  const { [id]: _, ...others } = preferences.get().keys;
  prefer({ keys: keys === undefined || keys === commands[id].keys ? others : { ...others, [id]: keys } });
}
