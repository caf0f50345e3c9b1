import { useState } from 'react';
import { invite } from '../api/workspaces.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { dismissOffer } from './offered.ts';
import './first-run.css';

interface Invited {
  email: string;
  link: string;
  mailed: boolean;
}

/** Asks once, after the first project was created, whether to invite others. */
export default function InvitePeople({ workspace }: { workspace: string }) {
  const [invited, setInvited] = useState<Invited[]>([]);
  const send = async ({ email = '' }) => {
    const { token, mailed } = await invite(workspace, { email, role: 'member' });
    setInvited([...invited, { email, mailed, link: `${location.origin}/invite#${token}` }]);
  };
  return (
    <aside className="invite" aria-label={t('Invite people')}>
      <div className="invite-head">
        <h2>{t('Invite the people you work with')}</h2>
        <IconButton icon="close" label={t('Not now')} onClick={dismissOffer} />
      </div>
      <Form
        key={invited.length}
        className="invite-form"
        submit={t('Invite')}
        sending={t('Inviting…')}
        at={{ already_member: 'email', invitation_pending: 'email' }}
        onSubmit={send}
      >
        <TextField label={t('E-mail address')} name="email" type="email" autoComplete="off" />
      </Form>
      {invited.map((one) => (
        <OneInvited key={one.email} {...one} />
      ))}
    </aside>
  );
}

function OneInvited({ email, link, mailed }: Invited) {
  if (mailed) {
    return (
      <p className="notice notice-ok">
        <Icon name="check" /> {t('A mail with the link is on its way to {email}.', { email })}
      </p>
    );
  }
  return (
    <div className="invite-link">
      <TextField label={t('Give this link to {email}', { email })} name="link" readOnly value={link} />
      {/* Without a secure context there is no clipboard; then the link can be copied from the field. */}
      <Button icon="copy" onClick={() => void navigator.clipboard?.writeText(link)}>
        {t('Copy')}
      </Button>
    </div>
  );
}
