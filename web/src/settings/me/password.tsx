import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changePassword } from '../../api/me.ts';
import { session } from '../../api/session.ts';
import { Check } from '../../ui/check.tsx';
import { PasswordField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { useCell } from '../../ui/use-cell.ts';
import { MySettings, Section } from '../frame.tsx';

/** `/me/password`: changes the password, which ends all other sessions. */
export function Page() {
  const [count, setCount] = useState(0);
  const who = useCell(session);
  const queries = useQueryClient();
  const change = async ({ current_password = '', new_password = '', revoke_tokens = '' }) => {
    await changePassword({ current_password, new_password, revoke_tokens: revoke_tokens === 'yes' });
    setCount(count + 1);
    toast({ text: t('Your password is changed. Every other session is signed out.') });
    await Promise.all(['sessions', 'my-audit', 'tokens'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
  return (
    <MySettings page="password">
      <Section title={t('Change your password')} says={t('It signs you out everywhere but here.')}>
        <Form
          key={count}
          submit={t('Change password')}
          sending={t('Changing…')}
          at={{ invalid_credentials: 'current_password' }}
          onSubmit={change}
        >
          {/* Tells password managers whose password it is. */}
          <input
            type="hidden"
            name="username"
            autoComplete="username"
            value={'user' in who ? who.user.email : ''}
            readOnly
          />
          <PasswordField label={t('Current password')} name="current_password" autoComplete="current-password" />
          <PasswordField
            label={t('New password')}
            name="new_password"
            autoComplete="new-password"
            hint={t('At least 10 characters. Three or four words in a row are good.')}
          />
          <Check
            name="revoke_tokens"
            value="yes"
            hint={t('In each of your workspaces. Do it if somebody else may have used your account.')}
          >
            {t('Also revoke every API token that I have created')}
          </Check>
        </Form>
      </Section>
    </MySettings>
  );
}
