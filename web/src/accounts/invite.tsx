import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { register, session, signIn, signOut } from '../api/session.ts';
import { acceptInvitation } from '../api/workspaces.ts';
import { Button } from '../ui/button.tsx';
import { Form } from '../ui/form.tsx';
import { Failed } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { CurrentPassword, EmailField, NameField, NewPassword } from './fields.tsx';
import { AccountPage } from './frame.tsx';
import { useToken } from './token.ts';

/** Accepts the invitation whose token is in the address, and opens its workspace. */
function useAccept(token: string): () => Promise<void> {
  const navigate = useNavigate();
  const queries = useQueryClient();
  return async () => {
    const workspace = await acceptInvitation(token);
    await queries.invalidateQueries({ queryKey: ['workspaces'] });
    await navigate({ to: '/w/$workspace', params: { workspace: workspace.id }, replace: true });
  };
}

/** `/invite#TOKEN`: lets the person register or sign in, and accepts the invitation. */
export function Page() {
  const who = useCell(session);
  const token = useToken();
  const [refusal, setRefusal] = useState<unknown>();
  if (token === '') {
    const says = t('Open the whole link of the invitation: its last part is missing.');
    return (
      <AccountPage title={t('This link is not complete')} says={says}>
        {null}
      </AccountPage>
    );
  }
  // A signed-in person is past the form, so a refusal is shown where the invitation can be accepted.
  if ('user' in who) return <Accept token={token} email={who.user.email} refusal={refusal} />;
  return who.state === 'unknown' ? null : <Join token={token} onRefused={setRefusal} />;
}

function Accept({ token, email, refusal }: { token: string; email: string; refusal: unknown }) {
  const accept = useAccept(token);
  const says = t('You are signed in as {email}. An invitation can only be accepted by who it was sent to.', { email });
  return (
    <AccountPage title={t('Accept the invitation')} says={says}>
      {refusal !== undefined && <Failed what={t('The invitation could not be accepted')} error={refusal} />}
      <Form
        submit={t('Accept')}
        sending={t('Accepting…')}
        told={{
          not_found: {
            title: t('This account can’t accept it'),
            detail: t('It was sent to another address, it was used or revoked, or it has expired.'),
          },
        }}
        onSubmit={accept}
        beside={<Button onClick={() => void signOut()}>{t('Use another account')}</Button>}
      >
        {null}
      </Form>
    </AccountPage>
  );
}

function Join({ token, onRefused }: { token: string; onRefused: (refusal: unknown) => void }) {
  const [has_account, setHasAccount] = useState(false);
  const acceptNow = useAccept(token);
  const accept = () => acceptNow().catch(onRefused);
  const says = t('Use the address that the invitation was sent to.');
  return (
    <AccountPage title={t('You are invited')} says={says}>
      {has_account ? (
        <Form
          key="sign-in"
          submit={t('Sign in and accept')}
          sending={t('Signing in…')}
          at={{ invalid_credentials: 'password' }}
          onSubmit={async ({ email = '', password = '' }) => {
            await signIn({ email, password });
            await accept();
          }}
        >
          <EmailField />
          <CurrentPassword />
        </Form>
      ) : (
        <Form
          key="register"
          submit={t('Create account and accept')}
          sending={t('Creating…')}
          at={{ email_taken: 'email' }}
          onSubmit={async ({ name = '', email = '', password = '' }) => {
            await register({ name, email, password, invitation_token: token });
            await accept();
          }}
        >
          <NameField />
          <EmailField />
          <NewPassword label={t('Password')} name="password" />
        </Form>
      )}
      <p className="account-else">
        {has_account ? t('No account yet?') : t('You have an account?')}{' '}
        <Button kind="quiet" onClick={() => setHasAccount(!has_account)}>
          {has_account ? t('Register') : t('Sign in')}
        </Button>
      </p>
    </AccountPage>
  );
}
