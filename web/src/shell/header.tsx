import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { projectsQuery } from '../api/workspaces.ts';
import { commands } from '../commands/registry.ts';
import { CommandButton } from '../commands/command-button.tsx';
import { ariaKeys, shownKeys } from '../commands/keys.ts';
import { searching } from '../commands/opened.ts';
import { onceKnown, useMayCreate } from '../desk/use-may.ts';
import { InboxLink } from '../inbox/link.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { AccountMenu } from './account-menu.tsx';
import { Layouts } from './layouts.tsx';
import { ConnectionDot } from './connection-dot.tsx';
import type { Place } from '../store/place.ts';
import { ProjectMenu, WorkspaceMenu } from './place-menus.tsx';

/** The bar above every page: where the person is, and the actions that work everywhere. */
export function Header({ place }: { place: Place | undefined }) {
  const { data: projects } = useQuery({ ...projectsQuery(place?.workspace ?? ''), enabled: place !== undefined });
  const { may, why } = onceKnown(useMayCreate({ workspace_id: place?.workspace ?? '' }, place?.project));
  const has_projects = projects !== undefined && projects.length > 0;
  // A page of a project shows the button before the projects are read: it would push aside what stands beside it.
  const shows_new = has_projects || (projects === undefined && place?.project !== undefined);
  return (
    <header className="header">
      <div className="header-place">
        <Link to="/" className="mark" aria-label={t('Baton')}>
          <img src="/icon.svg" alt="" width="24" height="24" />
        </Link>
        <nav className="header-nav" aria-label={t('Places')}>
          <WorkspaceMenu place={place} />
          {place !== undefined && <ProjectMenu place={place} />}
          {place !== undefined && has_projects && <Layouts place={place} />}
        </nav>
      </div>
      <div className="header-acts">
        <ConnectionDot />
        {place !== undefined && <InboxLink workspace={place.workspace} />}
        <Search />
        {shows_new && (
          <CommandButton
            id="create"
            kind="primary"
            icon="add"
            className="header-new"
            {...(!may && { 'aria-disabled': true, title: why })}
          >
            <span className="header-word">{t('New')}</span>
          </CommandButton>
        )}
        <AccountMenu />
      </div>
    </header>
  );
}

function Search() {
  const { keys = '' } = commands.palette;
  return (
    <button type="button" className="search" aria-keyshortcuts={ariaKeys(keys)} onClick={() => searching.set(true)}>
      <Icon name="search" />
      <span className="header-word">{t('Search…')}</span>
      <kbd className="header-word" aria-hidden="true">
        {shownKeys(keys)}
      </kbd>
    </button>
  );
}
