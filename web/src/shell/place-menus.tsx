import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { viewsQuery } from '../api/views.ts';
import { projectsQuery, workspacesQuery } from '../api/workspaces.ts';
import { run } from '../commands/registry.ts';
import { useProject } from '../desk/use-desk.ts';
import { useMay } from '../desk/use-may.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuItem, MenuLabel, MenuLine, MenuLink } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { MenuLayouts } from './layouts.tsx';
import type { Place } from '../store/place.ts';

/** A menu with more entries than this has a search field. */
const many = 8;

interface TriggerProps extends React.ComponentProps<'button'> {
  /** The purpose of the button, which screen readers read before the current choice. */
  of: string;
  chosen: string;
}

function Trigger({ of, chosen, ...rest }: TriggerProps) {
  return (
    <button type="button" className="button button-quiet place" aria-label={`${of}: ${chosen}`} {...rest}>
      <span className="place-name">{chosen}</span>
      <Icon name="chevron" />
    </button>
  );
}

/** Switches between workspaces. */
export function WorkspaceMenu({ place }: { place: Place | undefined }) {
  const { data = [] } = useQuery(workspacesQuery());
  const { may: reads_audit } = useMay({ workspace_id: place?.workspace ?? '' }, 'list_audit');
  const chosen = data.find(({ id }) => id === place?.workspace)?.name;
  if (chosen === undefined && data.length === 0) return null;
  return (
    <Menu
      trigger={<Trigger of={t('Workspace')} chosen={chosen ?? t('Choose')} />}
      search={data.length > many ? t('Find a workspace') : undefined}
    >
      {data.map(({ id, name }) => (
        <MenuLink
          key={id}
          chosen={id === place?.workspace}
          render={<Link to="/w/$workspace" params={{ workspace: id }} />}
        >
          {name}
        </MenuLink>
      ))}
      <MenuLine />
      {place !== undefined && reads_audit && (
        <MenuLink render={<Link to="/w/$workspace/audit" params={{ workspace: place.workspace }} />}>
          {t('Audit log')}
        </MenuLink>
      )}
      {place !== undefined && (
        <MenuLink render={<Link to="/w/$workspace/settings/general" params={{ workspace: place.workspace }} />}>
          {t('Settings of the workspace')}
        </MenuLink>
      )}
      <MenuItem icon="add" onSelect={() => run('new_workspace')}>
        {t('New workspace')}
      </MenuItem>
    </Menu>
  );
}

/** Switches between projects, or to all projects together. */
export function ProjectMenu({ place: { workspace, project } }: { place: Place }) {
  const { data = [] } = useQuery(projectsQuery(workspace));
  const navigate = useNavigate();
  const found = useProject({ workspace_id: workspace }, project);
  if (data.length === 0) return null;
  const chosen = found?.name ?? project ?? t('All projects');
  return (
    <Menu
      trigger={<Trigger of={t('Project')} chosen={chosen} />}
      search={data.length > many ? t('Find a project') : undefined}
    >
      {data.map(({ id, key, name }) => (
        <MenuLink
          key={id}
          chosen={key === project}
          render={<Link to="/w/$workspace/p/$project/board" params={{ workspace, project: key }} />}
        >
          <span className="place-key">{key}</span> {name}
        </MenuLink>
      ))}
      <Views workspace={workspace} />
      <MenuLine />
      <MenuLayouts place={{ workspace, project }} />
      <MenuLine />
      <MenuItem icon="all" onSelect={() => void navigate({ to: '/w/$workspace/list', params: { workspace } })}>
        {t('All projects')}
      </MenuItem>
      <MenuItem icon="add" onSelect={() => run('new_project')}>
        {t('New project')}
      </MenuItem>
    </Menu>
  );
}

/** The shared and own views, if there are any. They are read when the menu opens. */
function Views({ workspace }: { workspace: string }) {
  const { data = [] } = useQuery(viewsQuery(workspace));
  if (data.length === 0) return null;
  return (
    <>
      <MenuLine />
      <MenuLabel>{t('Views')}</MenuLabel>
      {data.slice(0, many).map(({ id, name }) => (
        <MenuLink key={id} icon="eye" render={<Link to="/w/$workspace/v/$view" params={{ workspace, view: id }} />}>
          {name}
        </MenuLink>
      ))}
      {data.length > many && (
        <MenuLink render={<Link to="/w/$workspace/settings/views" params={{ workspace }} />}>{t('All views')}</MenuLink>
      )}
    </>
  );
}
