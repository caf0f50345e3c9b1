import { PasswordField, TextField } from '../ui/field.tsx';
import { t } from '../ui/text.ts';

// The autocomplete names of WHATWG HTML, "Autofill", which password managers and browsers recognize.

export const EmailField = () => (
  <TextField label={t('E-mail address')} name="email" type="email" autoComplete="username" spellCheck={false} />
);

export const CurrentPassword = () => (
  <PasswordField label={t('Password')} name="password" autoComplete="current-password" />
);

export function NewPassword({ label, name }: { label: string; name: string }) {
  const hint = t('At least 10 characters. Three or four words in a row are good.');
  return <PasswordField label={label} hint={hint} name={name} autoComplete="new-password" />;
}

export const NameField = () => <TextField label={t('Your name')} name="name" autoComplete="name" />;
