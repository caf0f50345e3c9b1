import { type ComponentProps, useContext, useId, useState } from 'react';
import { Button } from './button.tsx';
import { Faults } from './form.tsx';
import { Icon } from './icon.tsx';
import { t } from './text.ts';
import './controls.css';

interface Described {
  label: string;
  hint?: string | undefined;
}

/** The label, hint and fault of a form control, and the attributes that connect them to it. */
export function useField({ name, hint }: { name: string; hint: string | undefined }) {
  const id = useId();
  const fault = useContext(Faults)[name];
  const ids = [fault === undefined ? undefined : `${id}-fault`, hint === undefined ? undefined : `${id}-hint`];
  const described = ids.filter((one) => one !== undefined).join(' ');
  const control = {
    id,
    name,
    'aria-invalid': fault === undefined ? undefined : true,
    'aria-describedby': described === '' ? undefined : described,
  };
  return { id, fault, control };
}

interface AroundProps extends Described {
  id: string;
  fault: string | undefined;
  children: React.ReactNode;
}

export function Around({ id, label, hint, fault, children }: AroundProps) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {fault !== undefined && (
        <p id={`${id}-fault`} className="field-fault">
          <Icon name="warning" /> {fault}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = Described & ComponentProps<'input'> & { name: string };

/** A text field with its label, hint and fault. */
export function TextField({ label, hint, name, className = '', ...rest }: TextFieldProps) {
  const { id, fault, control } = useField({ name, hint });
  return (
    <Around id={id} label={label} hint={hint} fault={fault}>
      <input type="text" className={`input ${className}`} {...rest} {...control} />
    </Around>
  );
}

type TextAreaProps = Described & ComponentProps<'textarea'> & { name: string };

/** A multi-line text field. */
export function TextArea({ label, hint, name, className = '', ...rest }: TextAreaProps) {
  const { id, fault, control } = useField({ name, hint });
  return (
    <Around id={id} label={label} hint={hint} fault={fault}>
      <textarea className={`input ${className}`} {...rest} {...control} />
    </Around>
  );
}

/** A password field. The password can be shown while it is typed, pasted, and stored by the browser. */
export function PasswordField({ label, hint, name, ...rest }: Omit<TextFieldProps, 'type'>) {
  const { id, fault, control } = useField({ name, hint });
  const [shown, setShown] = useState(false);
  return (
    <Around id={id} label={label} hint={hint} fault={fault}>
      <div className="input-with">
        <input type={shown ? 'text' : 'password'} spellCheck={false} className="input" {...rest} {...control} />
        <Button kind="quiet" aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
          {t('Show')}
        </Button>
      </div>
    </Around>
  );
}
