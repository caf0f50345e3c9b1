import { Link, linkOptions } from '@tanstack/react-router';
import type { Place } from '../store/place.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { MenuLabel, MenuLink } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';

interface Layout {
  name: () => string;
  icon: IconName;
  of_project: '/w/$workspace/p/$project/board' | '/w/$workspace/p/$project/list' | '/w/$workspace/p/$project/analytics';
  /** The same page for all projects, if there is one. A board is always of one project. */
  of_all?: '/w/$workspace/list';
  /** Whether the filters apply to it. */
  filtered: boolean;
}

/** The pages that show the same tickets in different ways. */
const layouts: readonly Layout[] = [
  { name: () => t('Board'), icon: 'board', of_project: '/w/$workspace/p/$project/board', filtered: true },
  {
    name: () => t('List'),
    icon: 'list',
    of_project: '/w/$workspace/p/$project/list',
    of_all: '/w/$workspace/list',
    filtered: true,
  },
  { name: () => t('Analytics'), icon: 'chart', of_project: '/w/$workspace/p/$project/analytics', filtered: false },
];

/** Keeps the filters when the layout changes, but not the ticket that is open beside the list. */
const withFilters = ({ t: _, ...filters }: Record<string, string | undefined>) => filters;

const linkTo = ({ of_project, of_all = '/w/$workspace/list', filtered }: Layout, { workspace, project }: Place) =>
  project === undefined
    ? linkOptions({ to: of_all, params: { workspace } })
    : linkOptions({ to: of_project, params: { workspace, project }, search: filtered ? withFilters : {} });

const offered = ({ project }: Place) => layouts.filter(({ of_all }) => project !== undefined || of_all !== undefined);

/** The layouts as links side by side, for screens with room for them. */
export function Layouts({ place }: { place: Place }) {
  return (
    <div className="layouts">
      {offered(place).map((layout) => (
        <Link key={layout.icon} {...linkTo(layout, place)} className="layout">
          <Icon name={layout.icon} /> {layout.name()}
        </Link>
      ))}
    </div>
  );
}

/** The layouts as menu items, for phones. */
export function MenuLayouts({ place }: { place: Place }) {
  return (
    <>
      <MenuLabel>{t('Show as')}</MenuLabel>
      {offered(place).map((layout) => (
        <MenuLink key={layout.icon} icon={layout.icon} render={<Link {...linkTo(layout, place)} />}>
          {layout.name()}
        </MenuLink>
      ))}
    </>
  );
}
