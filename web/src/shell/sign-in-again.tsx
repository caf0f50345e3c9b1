import { session, signIn, signOut } from '../api/session.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { PasswordField } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';

/** The dialog after the session was ended elsewhere. The page under it stays as it is, with all typed texts. */
export default function SignInAgain() {
  const who = useCell(session);
  if (who.state !== 'ended') return null;
  const { email } = who.user;
  const says = t('It was signed out elsewhere, or it expired. The page stays as it is, and so does what you typed.');
  return (
    <Dialog open is_over title={t('Your session has ended')} description={says}>
      <Form
        submit={t('Sign in')}
        sending={t('Signing in…')}
        at={{ invalid_credentials: 'password' }}
        onSubmit={({ password = '' }) => signIn({ email, password })}
        beside={
          <Button kind="quiet" onClick={() => void signOut()}>
            {t('Use another account')}
          </Button>
        }
      >
        {/* Tells password managers whose password it is. */}
        <input className="hidden" autoComplete="username" aria-hidden tabIndex={-1} readOnly value={email} />
        <PasswordField label={t('Password of {email}', { email })} name="password" autoComplete="current-password" />
      </Form>
    </Dialog>
  );
}
