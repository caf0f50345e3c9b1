import { Link } from '@tanstack/react-router';
import { register, session } from '../api/session.ts';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { EmailField, NameField, NewPassword } from './fields.tsx';
import { AccountPage } from './frame.tsx';
import { GoOn, useNext } from './next.tsx';

/** `/register`: creates an account and signs in with it. */
export function Page() {
  const { state } = useCell(session);
  const next = useNext();
  const search = next === '/' ? {} : { next };
  if (state === 'in') return <GoOn to={next} />;
  return (
    <AccountPage title={t('Create your account')}>
      <Form
        submit={t('Create account')}
        sending={t('Creating…')}
        at={{ email_taken: 'email' }}
        onSubmit={({ name = '', email = '', password = '' }) => register({ name, email, password })}
      >
        <NameField />
        <EmailField />
        <NewPassword label={t('Password')} name="password" />
      </Form>
      <p className="account-else">
        {t('You have an account?')}{' '}
        <Link to="/signin" search={search}>
          {t('Sign in')}
        </Link>
      </p>
    </AccountPage>
  );
}
