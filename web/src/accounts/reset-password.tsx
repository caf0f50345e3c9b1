import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { resetPassword } from '../api/account.ts';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { NewPassword } from './fields.tsx';
import { AccountPage } from './frame.tsx';
import { useToken } from './token.ts';

/** `/reset-password#TOKEN`, the page that the mail links to: sets a new password, which ends every session. */
export function Page() {
  const token = useToken();
  const [done, setDone] = useState(false);
  if (done) {
    const says = t('Your password is set, and every session of your account has ended. Sign in with the new one.');
    return (
      <AccountPage title={t('Password set')} says={says}>
        <p>
          <Link to="/signin" className="button button-primary">
            {t('Sign in')}
          </Link>
        </p>
      </AccountPage>
    );
  }
  return (
    <AccountPage title={t('Set a new password')}>
      <Form
        submit={t('Set password')}
        sending={t('Setting…')}
        remedy={({ remedy }) =>
          remedy === 'ask_for_mail' && <Link to="/forgot-password">{t('Ask for another mail')}</Link>
        }
        onSubmit={async ({ new_password = '' }) => {
          await resetPassword({ token, new_password });
          setDone(true);
        }}
      >
        <NewPassword label={t('New password')} name="new_password" />
      </Form>
    </AccountPage>
  );
}
