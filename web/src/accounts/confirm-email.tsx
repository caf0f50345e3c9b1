import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { confirmEmail } from '../api/account.ts';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { AccountPage } from './frame.tsx';
import { useToken } from './token.ts';

/**
 * `/confirm-email#TOKEN`, the page that the mail links to. It confirms only when its button is pressed: programs that
 * scan mails open their links, and must not confirm an address.
 */
export function Page() {
  const token = useToken();
  const [done, setDone] = useState(false);
  return (
    <AccountPage
      title={done ? t('Address confirmed') : t('Confirm your address')}
      says={done ? t('Mail of your account goes to it.') : t('Confirm that the mail arrived at your own address.')}
    >
      {done ? (
        <p>
          <Link to="/" className="button button-primary">
            {t('Go on')}
          </Link>
        </p>
      ) : (
        <Form
          submit={t('Confirm')}
          sending={t('Confirming…')}
          onSubmit={async () => {
            await confirmEmail(token);
            setDone(true);
          }}
        >
          {null}
        </Form>
      )}
    </AccountPage>
  );
}
