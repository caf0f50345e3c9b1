import { Menu, OpenMenu } from '../ui/menu.tsx';
import './fields.css';

/** Where a field's menu opens: at its own button, or beside a row of a list. */
export type Where =
  | { trigger: React.ReactElement<React.ComponentProps<'button'>> }
  | { anchor: HTMLElement; onClose: () => void };

interface FieldMenuProps {
  where: Where;
  search?: string | undefined;
  onSearch?: ((query: string) => void) | undefined;
  /** Whether any text can be chosen, so that an empty menu doesn't say that none matches. */
  any?: boolean | undefined;
  /** Whether a key has opened the menu of a button. */
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  children: React.ReactNode;
}

/** A menu that changes one field of a ticket. */
export function FieldMenu({ where, onOpenChange, open, ...rest }: FieldMenuProps) {
  if ('anchor' in where) {
    const close = (is_open: boolean) => {
      onOpenChange?.(is_open);
      if (!is_open) where.onClose();
    };
    return <OpenMenu anchor={where.anchor} onOpenChange={close} {...rest} />;
  }
  return <Menu trigger={where.trigger} open={open} onOpenChange={onOpenChange} {...rest} />;
}

/** The open state that a field passes on to its menu. */
export type Opened = Pick<FieldMenuProps, 'open' | 'onOpenChange'>;
