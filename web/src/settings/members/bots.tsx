import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { botPages, createBot } from '../../api/members.ts';
import { roleNames } from '../../api/words.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { Section } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { useMay } from '../../desk/use-may.ts';
import { BotRow } from './bot-row.tsx';

/** The bots of a workspace, each with its tokens. */
export function Bots({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'create_bot');
  const [creating, setCreating] = useState(false);
  return (
    <Section
      title={t('Bots')}
      name="bots"
      says={t('A bot is a member that is a program. It acts by tokens that admins create for it, under its own name.')}
      may={may}
      act={
        <Button icon="add" disabled={!may.may} onClick={() => setCreating(true)}>
          {t('New bot')}
        </Button>
      }
    >
      <Paged
        query={botPages(workspace)}
        loading={t('Loading the bots…')}
        failed={t('The bots could not be loaded')}
        none={<p className="nothing">{t('There are no bots.')}</p>}
      >
        {(bots) => (
          <ul className="settings-entries" aria-label={t('Bots')}>
            {bots.map((bot) => (
              <BotRow key={bot.id} workspace={workspace} bot={bot} may={may.may} />
            ))}
          </ul>
        )}
      </Paged>
      {creating && <NewBot workspace={workspace} onClose={() => setCreating(false)} />}
    </Section>
  );
}

function NewBot({ workspace, onClose }: { workspace: string; onClose: () => void }) {
  const queries = useQueryClient();
  const create = async ({ name = '', role = '' }) => {
    const bot = await createBot(workspace, { name, role: role === 'viewer' ? 'viewer' : 'member' });
    onClose();
    toast({ text: t('{name} is created. Create a token for it next.', { name: bot.name }) });
    await queries.invalidateQueries({ queryKey: ['members'] });
  };
  return (
    <Dialog open title={t('New bot')} onClose={onClose}>
      <Form submit={t('Create bot')} sending={t('Creating…')} onSubmit={create}>
        <TextField label={t('Name')} name="name" autoComplete="off" maxLength={200} placeholder={t('Triage')} />
        <SelectField
          label={t('Role')}
          name="role"
          hint={t(
            'With a token it may do what its role, the scopes of the token, and the role of who created the token all permit.',
          )}
          choices={['member', 'viewer'].map((role) => ({ value: role, label: roleNames([role]) }))}
        />
      </Form>
    </Dialog>
  );
}
