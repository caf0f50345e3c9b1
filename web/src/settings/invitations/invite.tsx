import { useQueryClient } from '@tanstack/react-query';
import type { Role } from 'baton-sdk';
import { useState } from 'react';
import { roleNames } from '../../api/words.ts';
import { invite } from '../../api/workspaces.ts';
import { TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Secret, useSecret } from '../../ui/secret.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { Section } from '../frame.tsx';
import { inviting } from '../members/rights.ts';
import { useRole } from '../../desk/use-desk.ts';
import { useMay } from '../../desk/use-may.ts';

interface Invited {
  email: string;
  link: string;
  mailed: boolean;
}

/** Invites an e-mail address. The server mails the link if it sends mail; the page shows it once in any case. */
export function Invite({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'create_invitation');
  const own_role = useRole({ workspace_id: workspace }) ?? '';
  const [count, setCount] = useState(0);
  const [invited, show, forget] = useSecret<Invited>();
  const queries = useQueryClient();
  const send = async ({ email = '', role = '' }) => {
    const { token, mailed, email: address } = await invite(workspace, { email, role: role as Role });
    show({ email: address, mailed, link: `${location.origin}/invite#${token}` });
    setCount(count + 1);
    await queries.invalidateQueries({ queryKey: ['invitations'] });
  };
  return (
    <Section title={t('Invite somebody')} may={may}>
      <fieldset className="may" disabled={!may.may}>
        <Form
          key={count}
          className="inline-form"
          submit={t('Invite')}
          sending={t('Inviting…')}
          at={{ already_member: 'email', invitation_pending: 'email' }}
          onSubmit={send}
        >
          <TextField label={t('E-mail address')} name="email" type="email" autoComplete="off" spellCheck={false} />
          <SelectField
            label={t('Role')}
            name="role"
            defaultValue="member"
            choices={inviting(own_role).map((role) => ({ value: role, label: roleNames([role]) }))}
          />
        </Form>
      </fieldset>
      {invited !== undefined && (
        <Secret
          key={invited.link}
          label={t('The link for {email}', { email: invited.email })}
          says={
            invited.mailed
              ? t('A mail with this link is on its way. You can also hand it over yourself: it is shown this once.')
              : t('No mail was sent: hand this link over yourself. It is shown this once; only {email} can use it.', {
                  email: invited.email,
                })
          }
          value={invited.link}
          onDone={forget}
        />
      )}
    </Section>
  );
}
