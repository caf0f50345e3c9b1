import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './controls.css';

interface ButtonProps extends ComponentProps<'button'> {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  /** The key of the same command, as `aria-keyshortcuts` writes it. */
  keys?: string | undefined;
  /** Whether its action is in progress. The button then keeps the focus, and does nothing. */
  busy?: boolean;
}

/** A button with a label. */
export function Button({ kind = 'plain', icon, keys, busy, className = '', children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`button button-${kind} ${className}`}
      aria-keyshortcuts={keys}
      aria-disabled={busy === true ? true : undefined}
      onClick={busy === true ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {icon !== undefined && <Icon name={icon} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  icon: IconName;
  /** Its accessible name, also shown as a tooltip. */
  label: string;
  keys?: string | undefined;
}

/** A button with an icon. Its name is a tooltip, and is read by screen readers. */
export function IconButton({ icon, label, keys, className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={label}
      aria-keyshortcuts={keys}
      title={keys === undefined ? label : `${label} (${keys})`}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}
