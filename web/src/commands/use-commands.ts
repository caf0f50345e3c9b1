import { useEffect, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { bind, type CommandId } from './registry.ts';

type Acts = Partial<Record<CommandId, () => void>>;

/** Binds what commands do while this component is mounted, and while `isAvailable` returns true. */
export function useCommands(acts: Acts, isAvailable: () => boolean = always): void {
  const ids = Object.keys(acts).join(' ');
  const runNow = useEffectEvent((id: string) => acts[id as CommandId]?.());
  // A ref, because effect events can't be called while rendering, and the palette calls this while it renders.
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
