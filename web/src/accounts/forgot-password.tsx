import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { requestPasswordReset } from '../api/account.ts';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { EmailField } from './fields.tsx';
import { AccountPage } from './frame.tsx';

/** `/forgot-password`: asks the server to mail a link for setting a new password. */
export function Page() {
  const [mailed_to, setMailedTo] = useState<string>();
  if (mailed_to !== undefined) {
    const says = t('If {email} has an account, a mail with a link is on its way. Look into the spam folder, too.', {
      email: mailed_to,
    });
    return (
      <AccountPage title={t('Look into your mail')} says={says}>
        <p className="account-else">
          <Link to="/signin">{t('Back to signing in')}</Link>
        </p>
      </AccountPage>
    );
  }
  return (
    <AccountPage title={t('Forgotten password')} says={t('We mail you a link to set a new one.')}>
      <Form
        submit={t('Send the mail')}
        sending={t('Sending…')}
        onSubmit={async ({ email = '' }) => {
          await requestPasswordReset(email);
          setMailedTo(email);
        }}
      >
        <EmailField />
      </Form>
      <p className="account-else">
        <Link to="/signin">{t('Back to signing in')}</Link>
      </p>
    </AccountPage>
  );
}
