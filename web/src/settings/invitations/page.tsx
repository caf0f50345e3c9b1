import { useQueryClient } from '@tanstack/react-query';
import type { Invitation } from 'baton-sdk';
import { useState } from 'react';
import { invitationPages, revokeInvitation } from '../../api/invitations.ts';
import { roleNames } from '../../api/words.ts';
import { useDesk, usePerson } from '../../desk/use-desk.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { focusSection, Section, WorkspaceSettings } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { Until } from '../until.tsx';
import { Invite } from './invite.tsx';

/** `/w/W/settings/invitations`: invites people, and lists the invitations that nobody has accepted yet. */
export function Page() {
  return (
    <WorkspaceSettings page="invitations">
      {(workspace) => (
        <>
          <Invite workspace={workspace} />
          <Pending workspace={workspace} />
        </>
      )}
    </WorkspaceSettings>
  );
}

function Pending({ workspace }: { workspace: string }) {
  return (
    <Section title={t('Not accepted yet')} name="invitations">
      <Paged
        query={invitationPages(workspace)}
        loading={t('Loading the invitations…')}
        failed={t('The invitations could not be loaded')}
        none={
          <p className="nothing">
            {t('Nobody is invited at the moment. Who accepts becomes a member, and leaves this list.')}
          </p>
        }
      >
        {(invitations) => (
          <ul className="settings-entries" aria-label={t('Invitations')}>
            {invitations.map((invitation) => (
              <Row key={invitation.id} workspace={workspace} invitation={invitation} />
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  );
}

function Row({ workspace, invitation }: { workspace: string; invitation: Invitation }) {
  const { id, email, role, invited_by, created_at, expires_at } = invitation;
  const [revoking, setRevoking] = useState(false);
  const by = usePerson(useDesk(), invited_by)?.name;
  const queries = useQueryClient();
  const revoke = async () => {
    await revokeInvitation(workspace, id);
    setRevoking(false);
    toast({ text: t('The invitation of {email} is revoked', { email }) });
    await queries.invalidateQueries({ queryKey: ['invitations'] });
    focusSection('invitations');
  };
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <strong>{email}</strong>
        <span className="entry-more">
          {by === undefined ? t('invited') : t('invited by {name}', { name: by })} <Time at={created_at} /> ·{' '}
          <Until at={expires_at} />
        </span>
      </div>
      <div className="entry-acts">
        <Badge>{roleNames([role])}</Badge>
        <Button
          kind="quiet"
          aria-label={t('Revoke the invitation of {email}', { email })}
          onClick={() => setRevoking(true)}
        >
          {t('Revoke')}
        </Button>
      </div>
      {revoking && (
        <Confirm
          title={t('Revoke the invitation?')}
          act={t('Revoke')}
          acting={t('Revoking…')}
          onConfirm={revoke}
          onClose={() => setRevoking(false)}
        >
          <p>{t('The link that {email} got stops working. You can invite the address again.', { email })}</p>
        </Confirm>
      )}
    </li>
  );
}
