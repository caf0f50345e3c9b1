import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { workspacesQuery } from '../api/workspaces.ts';
import { left } from '../desk/left.ts';
import { forgetPlace } from '../store/place.ts';
import { Button } from '../ui/button.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { Title } from '../ui/title.tsx';

/** Returns the name of the page's workspace, even after it has disappeared from the account's list. */
export function useNameOf(workspace: string | undefined): string | undefined {
  const [known, setKnown] = useState<{ id: string; name: string } | undefined>(undefined);
  const found = useQuery({ ...workspacesQuery(), enabled: workspace !== undefined }).data?.find(
    ({ id }) => id === workspace,
  );
  if (found !== undefined && (known?.id !== found.id || known.name !== found.name)) setKnown(found);
  return known?.id === workspace ? known?.name : undefined;
}

/** The queries that belong to the account rather than to a workspace. */
const own = ['workspaces', 'me', 'policy'];

/** Replaces a page whose workspace the account has left: says why, and links to the other workspaces. */
export function Left({ name }: { name: string | undefined }) {
  const queries = useQueryClient();
  const { data = [] } = useQuery(workspacesQuery());
  useEffect(() => {
    queries.removeQueries({ predicate: ({ queryKey: [of] }) => !own.includes(String(of)) });
    void queries.invalidateQueries({ queryKey: ['workspaces'] });
    forgetPlace();
  }, [queries]);
  const gone = useCell(left);
  const others = data.filter(({ id }) => id !== gone);
  return (
    <div className="state" role="alert">
      <Title>
        {name === undefined
          ? t('You are not a member of this workspace')
          : t('You are no longer a member of {name}', { name })}
      </Title>
      <p>
        {t(
          'You were removed from it, or it was deleted. What you typed and had not sent is kept in this browser, for you alone.',
        )}
      </p>
      {others.map((other) => (
        <Link key={other.id} to="/w/$workspace" params={{ workspace: other.id }} className="button">
          {t('Go to {name}', { name: other.name })}
        </Link>
      ))}
      {others.length === 0 && (
        <Link to="/new-workspace" className="button button-primary">
          {t('New workspace')}
        </Link>
      )}
      <Button kind="quiet" onClick={() => left.set(undefined)}>
        {t('Try again')}
      </Button>
    </div>
  );
}
