import { useQueryClient } from '@tanstack/react-query';
import type { ApiToken } from 'baton-sdk';
import { useState } from 'react';
import { revokeToken } from '../../api/api-tokens.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { useDesk, usePerson } from '../../desk/use-desk.ts';
import { focusSection } from '../frame.tsx';
import { Until } from '../until.tsx';
import { inWords } from './scopes.ts';

interface TokenRowProps {
  workspace: string;
  token: ApiToken;
  /** The signed-in account's id, whose own tokens are shown without an owner. */
  own_id: string;
  /** The section to focus after the token was revoked. */
  section: string;
  /** Whether the token is listed under its bot. */
  within?: boolean;
}

/** Returns a text about the token's owner; undefined for the person's own token. */
function useOwner(
  { user_id, created_by }: ApiToken,
  { own_id, within }: { own_id: string; within: boolean },
): string | undefined {
  const desk = useDesk();
  const person = usePerson(desk, user_id);
  const creator = usePerson(desk, created_by);
  if (user_id === own_id) return undefined;
  const creator_name = created_by === own_id ? t('you') : (creator?.name ?? t('somebody'));
  if (within) return t('created by {creator}', { creator: creator_name });
  const name = person?.name ?? t('somebody');
  if (user_id === created_by) return t('of {name}', { name });
  return t('of the bot {name}, created by {creator}', { name, creator: creator_name });
}

/** A token: its scopes, expiry and last use, and a button to revoke it. */
export function TokenRow({ workspace, token, own_id, section, within = false }: TokenRowProps) {
  const { id, name, scopes, created_at, expires_at, last_used_at } = token;
  const [revoking, setRevoking] = useState(false);
  const owner = useOwner(token, { own_id, within });
  const queries = useQueryClient();
  const revoke = async () => {
    await revokeToken(workspace, id);
    setRevoking(false);
    toast({ text: t('{name} is revoked', { name }) });
    await queries.invalidateQueries({ queryKey: ['tokens'] });
    focusSection(section);
  };
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <strong>
          {name} {owner !== undefined && <span className="entry-of">{owner}</span>}
        </strong>
        <span className="entry-more">{inWords(scopes)}</span>
        <span className="entry-more">
          {t('created')} <Time at={created_at} /> · <Until at={expires_at} warns /> ·{' '}
          {last_used_at === null ? (
            t('never used')
          ) : (
            <>
              {t('last used')} <Time at={last_used_at} />
            </>
          )}
        </span>
      </div>
      <div className="entry-acts">
        <Button kind="quiet" aria-label={t('Revoke {name}', { name })} onClick={() => setRevoking(true)}>
          {t('Revoke')}
        </Button>
      </div>
      {revoking && (
        <Confirm
          title={t('Revoke {name}?', { name })}
          act={t('Revoke')}
          acting={t('Revoking…')}
          onConfirm={revoke}
          onClose={() => setRevoking(false)}
        >
          <p>{t('Programs that use it are refused at once. It can’t be given back: they need another token.')}</p>
        </Confirm>
      )}
    </li>
  );
}
