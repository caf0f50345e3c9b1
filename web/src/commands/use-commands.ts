import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { bind, type CommandId } from './registry.ts';

type Acts = Partial<Record<CommandId, () => void>>;

/** Says what commands do while this part of the page is there; and where it says so, only while they can be done. */
export function useCommands(acts: Acts, isAvailable: () => boolean = always): void {
  const ids = Object.keys(acts).join(' ');
  const runNow = useEffectEvent((id: string) => acts[id as CommandId]?.());
  // Asked while the palette is drawn, which no effect event may be.
  const asked = useRef(isAvailable);
  useLayoutEffect(() => {
    asked.current = isAvailable;
  });
  useEffect(() => {
    const available = () => asked.current();
    return bind(Object.fromEntries(ids.split(' ').map((id) => [id, { run: () => runNow(id), available }])));
  }, [ids]);
}

const always = () => true;
