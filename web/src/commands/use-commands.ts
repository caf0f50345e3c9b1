import { useEffect, useEffectEvent } from 'react';
import { bind, type CommandId } from './registry.ts';

type Acts = Partial<Record<CommandId, () => void>>;

/** Says what commands do while this part of the page is there. */
export function useCommands(acts: Acts): void {
  const ids = Object.keys(acts).join(' ');
  const runNow = useEffectEvent((id: string) => acts[id as CommandId]?.());
  useEffect(() => bind(Object.fromEntries(ids.split(' ').map((id) => [id, () => runNow(id)]))), [ids]);
}
