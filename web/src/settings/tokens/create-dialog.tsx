import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import type { Bot, NewApiToken, TokenScope } from 'baton-sdk';
import { createToken } from '../../api/api-tokens.ts';
import { botPages } from '../../api/members.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { Secret, useSecret } from '../../ui/secret.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { useMay } from '../../desk/use-may.ts';
import { ScopesField } from './scopes-field.tsx';
import { area_names } from './scopes.ts';

interface CreateTokenProps {
  workspace: string;
  /** The bot that the token is for; if undefined, the person chooses. */
  bot?: Bot | undefined;
  onClose: () => void;
}

/** Creates a token and shows it once. While it is shown, only the dialog's button closes it. */
export function CreateToken({ workspace, bot, onClose }: CreateTokenProps) {
  const [created, show, forget] = useSecret<NewApiToken>();
  const queries = useQueryClient();
  const create = async (values: Record<string, string>) => {
    const { name = '', expires_in_days = '', for: chosen = '' } = values;
    const user_id = bot?.id ?? chosen;
    const scopes = area_names.flatMap((area) => values[`scope-${area}`] ?? '').filter((scope) => scope !== '');
    const made = await createToken(workspace, {
      name,
      scopes: scopes as TokenScope[],
      expires_in_days: Number(expires_in_days),
      ...(user_id !== '' && { user_id }),
    });
    show(made);
    await queries.invalidateQueries({ queryKey: ['tokens'] });
  };
  if (created !== undefined) {
    const done = () => {
      forget();
      onClose();
    };
    return (
      <Dialog open wide title={t('{name} is created', { name: created.name })}>
        <Secret
          label={t('The token')}
          says={t('Give it to the program now: it is shown this once, and nobody can read it later.')}
          value={created.token}
          onDone={done}
        />
      </Dialog>
    );
  }
  const title = bot === undefined ? t('New API token') : t('New token for {name}', { name: bot.name });
  return (
    <Dialog open wide title={title} onClose={onClose}>
      <Form submit={t('Create token')} sending={t('Creating…')} at={{ forbidden: 'for' }} onSubmit={create}>
        <TextField
          label={t('Name')}
          name="name"
          autoComplete="off"
          maxLength={200}
          placeholder={t('Nightly report')}
          hint={t('What it is for: it is in the audit log with everything that the token does.')}
        />
        <div className="field-row">
          {bot === undefined && <ForField workspace={workspace} />}
          <ExpiryField />
        </div>
        <ScopesField />
      </Form>
    </Dialog>
  );
}

/** Chooses whose token it is: the person’s own, or a bot’s. */
function ForField({ workspace }: { workspace: string }) {
  const { may } = useMay({ workspace_id: workspace }, 'create_bot');
  const { data } = useInfiniteQuery({ ...botPages(workspace), enabled: may });
  const bots = data?.pages.flatMap((page) => page.data) ?? [];
  if (bots.length === 0) return null;
  return (
    <SelectField
      label={t('Acts as')}
      name="for"
      choices={[{ value: '', label: t('You') }, ...bots.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  );
}

const lifetimes_days = [7, 30, 90, 180, 365];
const usual_days = '90';

const ExpiryField = () => (
  <SelectField
    label={t('Valid for')}
    name="expires_in_days"
    defaultValue={usual_days}
    choices={lifetimes_days.map((days) => ({ value: String(days), label: t('{days} days', { days }) }))}
  />
);
