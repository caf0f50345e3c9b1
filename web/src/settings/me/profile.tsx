import { useQuery } from '@tanstack/react-query';
import type { User } from 'baton-sdk';
import { useState } from 'react';
import { meQuery, rename, requestEmailChange } from '../../api/me.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { MySettings, Section } from '../frame.tsx';
import { NameForm } from '../name-form.tsx';

/** `/me/profile`: the person's name and e-mail address. */
export function Page() {
  const { data, error, refetch } = useQuery({ ...meQuery(), staleTime: 0 });
  return (
    <MySettings page="profile">
      {data === undefined && error !== null && (
        <Failed what={t('Your account could not be loaded')} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton label={t('Loading your account…')} />}
      {data !== undefined && (
        <>
          <Section title={t('Name')} says={t('Others see it beside what you do, in every workspace.')}>
            <NameForm
              label={t('Your name')}
              autoComplete="name"
              now={data}
              save={rename}
              read={async () => (await refetch()).data ?? data}
              onSaved={() => void refetch()}
            />
          </Section>
          <Address user={data} />
        </>
      )}
    </MySettings>
  );
}

function Address({ user: { email, email_confirmed_at } }: { user: User }) {
  const [asking, setAsking] = useState<'confirm' | 'change'>();
  const [mailed_to, setMailedTo] = useState<string>();
  const is_confirmed = email_confirmed_at !== null;
  return (
    <Section
      title={t('E-mail address')}
      says={t('You sign in with it. Notifications are mailed to it once it is confirmed.')}
      act={
        <div className="entry-acts">
          {!is_confirmed && <Button onClick={() => setAsking('confirm')}>{t('Confirm…')}</Button>}
          <Button onClick={() => setAsking('change')}>{t('Change…')}</Button>
        </div>
      }
    >
      <p className="address">
        <strong>{email}</strong>{' '}
        {is_confirmed ? <Badge kind="ok">{t('Confirmed')}</Badge> : <Badge kind="warn">{t('Not confirmed')}</Badge>}
      </p>
      <div role="status">
        {mailed_to !== undefined && (
          <p className="notice notice-ok">
            <Icon name="check" />{' '}
            {t('A mail is on its way to {email}. Open its link; until then everything stays as it is.', {
              email: mailed_to,
            })}
          </p>
        )}
      </div>
      {asking !== undefined && (
        <Ask
          email={asking === 'confirm' ? email : ''}
          onMailed={(to) => {
            setMailedTo(to);
            setAsking(undefined);
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </Section>
  );
}

interface AskProps {
  /** The current address, to be confirmed; '' to enter another one. */
  email: string;
  onMailed: (to: string) => void;
  onClose: () => void;
}

function Ask({ email: own, onMailed, onClose }: AskProps) {
  const send = async ({ email = own, current_password = '' }) => {
    await requestEmailChange({ email, current_password });
    onMailed(email);
  };
  return (
    <Dialog
      open
      title={own === '' ? t('Change your address') : t('Confirm your address')}
      description={
        own === ''
          ? t('We mail a link to the new address. It becomes yours when you open it, and the old one is told.')
          : t('We mail a link to {email}.', { email: own })
      }
      onClose={onClose}
    >
      <Form
        submit={t('Send the mail')}
        sending={t('Sending…')}
        at={{ invalid_credentials: 'current_password' }}
        onSubmit={send}
      >
        {own === '' && (
          <TextField label={t('New address')} name="email" type="email" autoComplete="email" spellCheck={false} />
        )}
        <PasswordField label={t('Your password')} name="current_password" autoComplete="current-password" />
      </Form>
    </Dialog>
  );
}
