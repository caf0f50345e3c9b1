import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { bind, type CommandId } from './registry.ts';

type Acts = Partial<Record<CommandId, () => void>>;

/** Says what commands do while this part of the page is there; and where it says so, only while they can be done. */
export function useCommands(acts: Acts, isAvailable: () => boolean = always): void {
  const ids = Object.keys(acts).join(' ');
  const runNow = useEffectEvent((id: string) => acts[id as CommandId]?.());
  // No effect's event: the palette asks while it is drawn.
  const available = useRef(isAvailable);
  useLayoutEffect(() => {
    available.current = isAvailable;
  });
  useEffect(() => {
    const handlers = ids
      .split(' ')
      .map((id) => [id, { run: () => runNow(id), available: () => available.current() }] as const);
    return bind(Object.fromEntries(handlers));
  }, [ids]);
}

const always = () => true;
