import type { ComponentProps } from 'react';
import { Button } from '../ui/button.tsx';
import { ariaKeys, shownKeys } from './keys.ts';
import { type CommandId, commands, run } from './registry.ts';

type Props = ComponentProps<typeof Button> & { id: CommandId };

/** A button for a command: it has its name and its keys. */
export function CommandButton({ id, children, ...rest }: Props) {
  const { name, keys } = commands[id];
  const tip = keys === undefined ? name() : `${name()} (${shownKeys(keys)})`;
  return (
    <Button aria-label={name()} title={tip} keys={ariaKeys(keys)} onClick={() => run(id)} {...rest}>
      {children}
    </Button>
  );
}
