import type { Role } from 'baton-sdk';
import { roleNames } from '../../api/words.ts';
import { Select } from '../../ui/select-field.tsx';

interface RoleSelectProps {
  label: string;
  value: string;
  /** Returns whether a role may be given; the others are shown, but can’t be chosen. */
  may: (role: Role) => boolean;
  among: readonly Role[];
  disabled?: boolean;
  onChange: (role: Role) => void;
}

/** Changes somebody’s role. */
export function RoleSelect({ label, value, may, among, disabled = false, onChange }: RoleSelectProps) {
  const choices = among.map((role) => ({
    value: role,
    label: roleNames([role]),
    disabled: role !== value && !may(role),
  }));
  return (
    <Select
      label={label}
      choices={choices}
      value={value}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value as Role)}
    />
  );
}
