import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon.tsx';
import './controls.css';

interface ButtonProps extends ComponentProps<'button'> {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  /** The key of the same command, as `aria-keyshortcuts` writes it. */
  keys?: string | undefined;
  /** Whether what it began is in progress: it keeps the focus, and does nothing. */
  busy?: boolean;
}

/** A button with a text. */
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
  /** Its name, and what is shown where it is pointed at. */
  label: string;
  keys?: string | undefined;
}

/** A button with a picture, and its name for who points at it or hears it. */
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
