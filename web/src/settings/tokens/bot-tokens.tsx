import { useInfiniteQuery } from '@tanstack/react-query';
import { tokenPages } from '../../api/api-tokens.ts';
import { session } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { t } from '../../ui/text.ts';
import { useCell } from '../../ui/use-cell.ts';
import { useMay } from '../../desk/use-may.ts';
import { TokenRow } from './token-row.tsx';

/** The tokens of a bot. Only admins may see them. */
export function BotTokens({ workspace, bot }: { workspace: string; bot: string }) {
  const { may } = useMay({ workspace_id: workspace }, 'create_bot');
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({ ...tokenPages(workspace), enabled: may });
  const who = useCell(session);
  if (data === undefined) return null;
  const tokens = data.pages.flatMap((page) => page.data).filter(({ user_id }) => user_id === bot);
  if (tokens.length === 0 && !hasNextPage) {
    return <p className="entry-why">{t('It has no token, and can do nothing: create one in its menu.')}</p>;
  }
  return (
    <div className="entry-within">
      <ul className="settings-entries" aria-label={t('Its tokens')}>
        {tokens.map((token) => (
          <TokenRow
            key={token.id}
            workspace={workspace}
            token={token}
            own_id={'user' in who ? who.user.id : ''}
            section="bots"
            within
          />
        ))}
      </ul>
      {hasNextPage && (
        <Button kind="quiet" onClick={() => void fetchNextPage()}>
          {t('Look for more of its tokens')}
        </Button>
      )}
    </div>
  );
}
