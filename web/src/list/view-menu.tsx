import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { View } from 'baton-sdk';
import { useEffect, useState } from 'react';
import { session } from '../api/session.ts';
import { viewsQuery } from '../api/views.ts';
import { run } from '../commands/registry.ts';
import { whenSettled } from '../store/when-idle.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine, MenuLink } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';

/** A menu with more views than this has a search field. */
const many = 8;

interface MenuProps {
  workspace: string;
  view: View | undefined;
  is_changed: boolean;
  may_change: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The menu of views, with the actions on the open one. */
export function ViewMenu({ workspace, view, is_changed, may_change, open, onOpenChange }: MenuProps) {
  const [is_settled, setSettled] = useState(false);
  useEffect(() => whenSettled(() => setSettled(true)), []);
  // Read after the page has loaded its tickets.
  const { data = [] } = useQuery({ ...viewsQuery(workspace), enabled: is_settled || open });
  const who = useCell(session);
  const own = 'user' in who ? who.user.id : '';
  const groups = [
    { name: t('Yours'), views: data.filter(({ owner_id }) => owner_id === own) },
    { name: t('Shared by others'), views: data.filter(({ owner_id }) => owner_id !== own) },
  ].filter(({ views }) => views.length > 0);
  const label = view === undefined ? t('Views') : t('View: {name}', { name: view.name });
  return (
    <Menu
      align="end"
      open={open}
      onOpenChange={onOpenChange}
      search={data.length > many ? t('Find a view') : undefined}
      trigger={
        <button type="button" className="button button-quiet view-button" aria-keyshortcuts="v">
          <Icon name="eye" />
          <span className="view-name">{label}</span>
          {view !== undefined && is_changed && (
            <span className="view-changed">
              <span className="hidden">{t('changed since it was saved')}</span>
            </span>
          )}
        </button>
      }
    >
      {groups.map(({ name, views }) => (
        <Group key={name} name={name} views={views} workspace={workspace} chosen={view?.id} />
      ))}
      {groups.length > 0 && <MenuLine />}
      {view !== undefined && is_changed && (
        <>
          {may_change && <MenuItem onSelect={() => run('update_view')}>{t('Save the changes')}</MenuItem>}
          <MenuItem onSelect={() => run('reset_view')}>{t('Reset to what is saved')}</MenuItem>
        </>
      )}
      <MenuItem icon="add" onSelect={() => run('save_view')}>
        {t('Save as a new view…')}
      </MenuItem>
      {view !== undefined && (
        <>
          {may_change && (
            <>
              <MenuItem icon="edit" onSelect={() => run('edit_view')}>
                {t('Rename or share…')}
              </MenuItem>
              <MenuItem icon="trash" onSelect={() => run('delete_view')}>
                {t('Delete the view')}
              </MenuItem>
            </>
          )}
          <MenuItem onSelect={() => run('leave_view')}>{t('Leave the view')}</MenuItem>
        </>
      )}
      {data.length > 0 && (
        <MenuLink render={<Link to="/w/$workspace/settings/views" params={{ workspace }} />}>{t('All views')}</MenuLink>
      )}
    </Menu>
  );
}

interface GroupProps {
  name: string;
  views: readonly View[];
  workspace: string;
  chosen: string | undefined;
}

const Group = ({ name, views, workspace, chosen }: GroupProps) => (
  <>
    <MenuLabel>{name}</MenuLabel>
    {views.map((view) => (
      <MenuLink
        key={view.id}
        chosen={view.id === chosen}
        render={<Link to="/w/$workspace/v/$view" params={{ workspace, view: view.id }} />}
      >
        {view.name}
      </MenuLink>
    ))}
  </>
);
