import type { ApiToken } from 'baton-sdk';
import { useState } from 'react';
import { tokenPages } from '../../api/api-tokens.ts';
import { session } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { t } from '../../ui/text.ts';
import { useCell } from '../../ui/use-cell.ts';
import { Section, WorkspaceSettings } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { useMay } from '../../desk/use-may.ts';
import { CreateToken } from './create-dialog.tsx';
import { TokenRow } from './token-row.tsx';

/** `/w/W/settings/tokens`: the person’s own API tokens and, for admins, everybody’s. */
export function Page() {
  const says = t('With a token, a program or an agent uses the API in this workspace, within what its person may do.');
  return (
    <WorkspaceSettings page="tokens" says={says}>
      {(workspace) => <Tokens workspace={workspace} />}
    </WorkspaceSettings>
  );
}

function Tokens({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'create_token');
  const sees_all = useMay({ workspace_id: workspace }, 'create_bot').may;
  const [creating, setCreating] = useState(false);
  const who = useCell(session);
  const own_id = 'user' in who ? who.user.id : '';
  const isOwn = ({ user_id }: ApiToken) => user_id === own_id;
  const create = (
    <Button icon="add" disabled={!may.may} onClick={() => setCreating(true)}>
      {t('New token')}
    </Button>
  );
  const own = (tokens: readonly ApiToken[]) => (
    <List {...{ workspace, own_id, tokens }} title={t('Your tokens')} name="tokens" act={create} />
  );
  return (
    <>
      <Paged
        query={tokenPages(workspace)}
        loading={t('Loading the tokens…')}
        failed={t('The tokens could not be loaded')}
        none={own([])}
      >
        {(tokens) => (
          <>
            {own(tokens.filter(isOwn))}
            {sees_all && (
              <List
                {...{ workspace, own_id }}
                tokens={tokens.filter((token) => !isOwn(token))}
                title={t('Tokens of bots and other members')}
                name="others"
              />
            )}
          </>
        )}
      </Paged>
      {creating && <CreateToken workspace={workspace} onClose={() => setCreating(false)} />}
    </>
  );
}

interface ListProps {
  workspace: string;
  own_id: string;
  title: string;
  name: string;
  tokens: readonly ApiToken[];
  act?: React.ReactNode;
}

const List = ({ workspace, own_id, title, name, tokens, act }: ListProps) => (
  <Section title={title} name={name} act={act}>
    {tokens.length === 0 ? (
      <p className="nothing">{t('There are none.')}</p>
    ) : (
      <ul className="settings-entries" aria-label={title}>
        {tokens.map((token) => (
          <TokenRow key={token.id} workspace={workspace} token={token} own_id={own_id} section={name} />
        ))}
      </ul>
    )}
  </Section>
);
