import { Link, linkOptions } from '@tanstack/react-router';
import type { Place } from '../store/place.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { MenuLabel, MenuLink } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';

interface Layout {
  name: () => string;
  icon: IconName;
  /** Of one project, and of all of them, where there is such a page. */
  of_project: '/w/$workspace/p/$project/list' | '/w/$workspace/p/$project/analytics';
  of_all?: '/w/$workspace/list';
}

/** The pages that show the same tickets in another way. */
const layouts: readonly Layout[] = [
  { name: () => t('List'), icon: 'list', of_project: '/w/$workspace/p/$project/list', of_all: '/w/$workspace/list' },
  { name: () => t('Analytics'), icon: 'chart', of_project: '/w/$workspace/p/$project/analytics' },
];

const layoutsOf = ({ project }: Place) => layouts.filter(({ of_all }) => project !== undefined || of_all !== undefined);

const linkTo = ({ of_project, of_all = '/w/$workspace/list' }: Layout, { workspace, project }: Place) =>
  project === undefined
    ? linkOptions({ to: of_all, params: { workspace } })
    : linkOptions({ to: of_project, params: { workspace, project } });

/** The layouts side by side, where there is room. */
export function Layouts({ place }: { place: Place }) {
  return (
    <div className="layouts">
      {layoutsOf(place).map((layout) => (
        <Link key={layout.icon} {...linkTo(layout, place)} className="layout">
          <Icon name={layout.icon} /> {layout.name()}
        </Link>
      ))}
    </div>
  );
}

/** The layouts in a menu: on a phone they are nowhere else. */
export function MenuLayouts({ place }: { place: Place }) {
  return (
    <>
      <MenuLabel>{t('Show as')}</MenuLabel>
      {layoutsOf(place).map((layout) => (
        <MenuLink key={layout.icon} icon={layout.icon} render={<Link {...linkTo(layout, place)} />}>
          {layout.name()}
        </MenuLink>
      ))}
    </>
  );
}
