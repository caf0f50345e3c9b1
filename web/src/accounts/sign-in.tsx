import { Link } from '@tanstack/react-router';
import { session, signIn } from '../api/session.ts';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { CurrentPassword, EmailField } from './fields.tsx';
import { AccountPage } from './frame.tsx';
import { GoOn, useNext } from './next.tsx';

/** `/signin`: signs in with address and password, then opens the page that the person wanted. */
export function Page() {
  const { state } = useCell(session);
  const next = useNext();
  if (state === 'in') return <GoOn to={next} />;
  return (
    <AccountPage title={t('Sign in')}>
      <Form
        submit={t('Sign in')}
        sending={t('Signing in…')}
        at={{ invalid_credentials: 'password' }}
        onSubmit={({ email = '', password = '' }) => signIn({ email, password })}
      >
        <EmailField />
        <CurrentPassword />
      </Form>
      <p className="account-else">
        <Link to="/forgot-password">{t('Forgotten your password?')}</Link>
      </p>
      <p className="account-else">
        {t('No account yet?')}{' '}
        <Link to="/register" search={next === '/' ? {} : { next }}>
          {t('Register')}
        </Link>
      </p>
    </AccountPage>
  );
}
