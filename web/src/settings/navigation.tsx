import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { policyQuery, rolesFor } from '../api/policy.ts';
import { workspacesQuery } from '../api/workspaces.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuLink } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { isForAll, type MyPage, my_pages, namesOf, readsOf, type WorkspacePage, workspace_pages } from './pages.ts';

interface Chosen {
  /** The workspace whose pages are listed first. */
  workspace: string | undefined;
  page: WorkspacePage | MyPage;
}

/** Returns the pages of a workspace that the signed-in account may read; undefined if it is no member. */
function useReadable(workspace: string | undefined): { name: string; pages: WorkspacePage[] } | undefined {
  const found = useQuery(workspacesQuery()).data?.find(({ id }) => id === workspace);
  const policy = useQuery(policyQuery()).data;
  if (found === undefined) return undefined;
  // Until the policy is known, only the pages that everybody may read are listed.
  const pages = namesOf(workspace_pages).filter((page) =>
    policy === undefined ? isForAll(page) : (rolesFor(policy, readsOf(page)) ?? []).includes(found.role),
  );
  return { name: found.name, pages };
}

const toWorkspace = <Page extends WorkspacePage>(page: Page) => `/w/$workspace/settings/${page}` as const;
const toMine = <Page extends MyPage>(page: Page) => `/me/${page}` as const;

/** The pages of the settings, as a list beside the page. */
export function Navigation({ workspace = '', page: current }: Chosen) {
  const readable = useReadable(workspace);
  const at = (page: WorkspacePage | MyPage) => (page === current ? 'page' : undefined);
  return (
    <nav className="settings-nav" aria-label={t('Settings')}>
      {readable !== undefined && (
        <>
          <h2>{readable.name}</h2>
          <ul>
            {readable.pages.map((page) => (
              <li key={page}>
                <Link to={toWorkspace(page)} params={{ workspace }} aria-current={at(page)}>
                  {workspace_pages[page]()}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>{t('Your account')}</h2>
      <ul>
        {namesOf(my_pages).map((page) => (
          <li key={page}>
            <Link to={toMine(page)} aria-current={at(page)}>
              {my_pages[page]()}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The same pages as a menu, for screens without room for the list. */
export function NavigationMenu({ workspace = '', page: current }: Chosen) {
  const readable = useReadable(workspace);
  const name = current in my_pages ? my_pages[current as MyPage]() : workspace_pages[current as WorkspacePage]();
  const trigger = (
    <button type="button" className="button button-plain settings-menu" aria-label={t('Settings: {name}', { name })}>
      {name}
      <Icon name="chevron" />
    </button>
  );
  return (
    <Menu trigger={trigger}>
      {readable?.pages.map((page) => (
        <MenuLink key={page} chosen={page === current} render={<Link to={toWorkspace(page)} params={{ workspace }} />}>
          {workspace_pages[page]()}
        </MenuLink>
      ))}
      {namesOf(my_pages).map((page) => (
        <MenuLink key={page} chosen={page === current} render={<Link to={toMine(page)} />}>
          {my_pages[page]()}
        </MenuLink>
      ))}
    </Menu>
  );
}
