import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { View } from 'baton-sdk';
import { useState } from 'react';
import { session } from '../../api/session.ts';
import { viewsQuery } from '../../api/views.ts';
import { useDesk, usePeople } from '../../desk/use-desk.ts';
import { useMayChange, useViewActs } from '../../list/view-acts.ts';
import { ViewDialog } from '../../list/view-dialog.tsx';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { useCell } from '../../ui/use-cell.ts';
import { focusSection, Section, WorkspaceSettings } from '../frame.tsx';

/** `/w/W/settings/views`: the person's own views, and the shared ones. */
export function Page() {
  return (
    <WorkspaceSettings
      page="views"
      says={t('A view is a name for a list or a board with its filters. Save one beside the filters.')}
    >
      {(workspace) => <Views workspace={workspace} />}
    </WorkspaceSettings>
  );
}

function Views({ workspace }: { workspace: string }) {
  const { data, error, refetch } = useQuery(viewsQuery(workspace));
  const who = useCell(session);
  const own = 'user' in who ? who.user.id : '';
  if (data === undefined) {
    if (error === null) return <Skeleton label={t('Loading the views…')} rows={3} />;
    return <Failed what={t('The views could not be loaded')} error={error} onRetry={() => void refetch()} />;
  }
  const [mine, others] = [true, false].map((is_own) => data.filter(({ owner_id }) => (owner_id === own) === is_own));
  return (
    <>
      <Section title={t('Yours')} name="views">
        <List
          workspace={workspace}
          views={mine ?? []}
          label={t('Your views')}
          none={t('You have saved no view yet.')}
        />
      </Section>
      <Section title={t('Shared by others')}>
        <List
          workspace={workspace}
          views={others ?? []}
          label={t('Views shared by others')}
          none={t('Nobody else shares a view.')}
        />
      </Section>
    </>
  );
}

interface ListProps {
  workspace: string;
  views: readonly View[];
  label: string;
  none: string;
}

function List({ workspace, views, label, none }: ListProps) {
  if (views.length === 0) return <p className="nothing">{none}</p>;
  return (
    <ul className="settings-entries" aria-label={label}>
      {views.map((view) => (
        <Row key={view.id} workspace={workspace} view={view} />
      ))}
    </ul>
  );
}

const layouts: Partial<Record<string, () => string>> = {
  board: () => t('Board'),
  list: () => t('List'),
  list_by_status: () => t('List by status'),
};

function Row({ workspace, view }: { workspace: string; view: View }) {
  const { id, name, layout, query, shared, owner_id, updated_at } = view;
  const [is_editing, setEditing] = useState(false);
  const may_change = useMayChange(workspace)(view);
  const owner = usePeople(useDesk(), [owner_id])(owner_id);
  const { remove } = useViewActs(workspace);
  const drop = async () => {
    if (await remove(view)) focusSection('views');
  };
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <strong>
          <Link to="/w/$workspace/v/$view" params={{ workspace, view: id }}>
            {name}
          </Link>
        </strong>
        <span className="entry-more">
          {[layouts[layout]?.() ?? layout, query.project_id, owner].filter((part) => part !== undefined).join(' · ')} ·{' '}
          {t('changed')} <Time at={updated_at} />
        </span>
      </div>
      <div className="entry-acts">
        {shared && <Badge kind="plain">{t('Shared')}</Badge>}
        {may_change && (
          <Menu align="end" trigger={<IconButton icon="more" label={t('More about {name}', { name })} />}>
            <MenuItem onSelect={() => setEditing(true)}>{t('Rename or share…')}</MenuItem>
            <MenuLine />
            <MenuItem onSelect={() => void drop()}>{t('Delete the view')}</MenuItem>
          </Menu>
        )}
      </div>
      {is_editing && (
        <ViewDialog workspace={workspace} view={view} onSaved={() => undefined} onClose={() => setEditing(false)} />
      )}
    </li>
  );
}
