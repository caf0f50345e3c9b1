import type { ComponentProps } from 'react';
import { Around, useField } from './field.tsx';
import './controls.css';
import './parts.css';

export interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
}

type SelectFieldProps = Omit<ComponentProps<'select'>, 'children'> & {
  label: string;
  hint?: string | undefined;
  name: string;
  choices: readonly Choice[];
};

/**
 * A choice of one value with its label. It is the browser’s own select element, which works with every keyboard and on
 * every phone.
 */
export function SelectField({ label, hint, name, choices, className = '', ...rest }: SelectFieldProps) {
  const { id, fault, control } = useField({ name, hint });
  return (
    <Around id={id} label={label} hint={hint} fault={fault}>
      <select className={`input select ${className}`} {...rest} {...control}>
        <Choices choices={choices} />
      </select>
    </Around>
  );
}

type SelectProps = Omit<ComponentProps<'select'>, 'children'> & { label: string; choices: readonly Choice[] };

/** The same within a row, without a visible label: screen readers read the label. */
export function Select({ label, choices, className = '', ...rest }: SelectProps) {
  return (
    <select className={`input select ${className}`} aria-label={label} {...rest}>
      <Choices choices={choices} />
    </select>
  );
}

const Choices = ({ choices }: { choices: readonly Choice[] }) =>
  choices.map(({ value, label, disabled }) => (
    <option key={value} value={value} disabled={disabled}>
      {label}
    </option>
  ));
