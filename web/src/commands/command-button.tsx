import type { ComponentProps } from 'react';
import { preferences } from '../store/preferences.ts';
import { Button } from '../ui/button.tsx';
import { useCell } from '../ui/use-cell.ts';
import { ariaKeys, shownKeys } from './keys.ts';
import { type CommandId, commands, run } from './registry.ts';
import { keysOf } from './remap.ts';

type Props = ComponentProps<typeof Button> & { id: CommandId };

/** A button for a command, with the command's name and keys. */
export function CommandButton({ id, children, ...rest }: Props) {
  useCell(preferences);
  const { name } = commands[id];
  const keys = keysOf(id);
  const tip = keys === undefined ? name() : `${name()} (${shownKeys(keys)})`;
  return (
    <Button aria-label={name()} title={tip} keys={ariaKeys(keys)} onClick={() => run(id)} {...rest}>
      {children}
    </Button>
  );
}
