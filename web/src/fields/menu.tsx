import { Menu, OpenMenu } from '../ui/menu.tsx';
import './fields.css';

/** Where a field's menu stands: at its own button, or beside a row of a list. */
export type Where =
  | { trigger: React.ReactElement<React.ComponentProps<'button'>> }
  | { anchor: HTMLElement; onClose: () => void };

interface FieldMenuProps {
  where: Where;
  search?: string | undefined;
  onSearch?: ((query: string) => void) | undefined;
  /** Opened by a key, where it has a button. */
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

/** What of a menu’s state its field passes on. */
export type Opened = Pick<FieldMenuProps, 'open' | 'onOpenChange'>;
