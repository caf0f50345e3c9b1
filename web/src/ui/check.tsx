import { type ComponentProps, useId } from 'react';
import './parts.css';

type CheckProps = Omit<ComponentProps<'input'>, 'type'> & {
  children: React.ReactNode;
  hint?: string | undefined;
  kind?: 'checkbox' | 'radio';
};

/** A checkbox or a radio button with its label. */
export function Check({ children, hint, kind = 'checkbox', className = '', ...rest }: CheckProps) {
  const id = useId();
  return (
    <div className={`check ${className}`}>
      <label className="check-label">
        <input type={kind} aria-describedby={hint === undefined ? undefined : id} {...rest} />
        <span>{children}</span>
      </label>
      {hint !== undefined && (
        <p id={id} className="field-hint check-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
