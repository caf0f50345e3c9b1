import { cloneElement, Suspense, useState } from 'react';
import { lazily, wantSoon } from './lazily.ts';
import type * as Base from './base-menu.tsx';

export type { Option } from './base-menu.tsx';

// Menus take a fifth of all the script there is, and nobody needs one before the page is there: they are loaded when a
// button that opens one is pointed at or gets the focus, or when nothing else is to be done.
const load = () => import('./base-menu.tsx');
wantSoon(load);
const BaseMenu = lazily(() => load().then((parts) => ({ default: parts.BaseMenu })));

/** A menu that a button opens. Arrows, Home, End and letters move in it; Escape closes it alone. */
export function Menu(props: Base.MenuProps & { trigger: NonNullable<Base.MenuProps['trigger']> }) {
  const { trigger, open, onOpenChange } = props;
  const [wanted, setWanted] = useState(false);
  const soon = () => void load().catch(() => undefined);
  const begin = () => {
    setWanted(true);
    onOpenChange?.(true);
  };
  const button = cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': wanted,
    onPointerEnter: soon,
    onFocus: soon,
    onClick: begin,
    onKeyDown: (event) => event.key === 'ArrowDown' && begin(),
  });
  if (!wanted && open !== true) return button;
  return (
    <Suspense fallback={button}>
      <BaseMenu {...props} defaultOpen={wanted} />
    </Suspense>
  );
}

/** A menu beside what it is about, open from the start. */
export const OpenMenu = (props: Base.MenuProps & { anchor: HTMLElement }) => (
  <Suspense fallback={null}>
    <BaseMenu {...props} open />
  </Suspense>
);

/** One act of a menu. */
export const MenuItem = lazily(() => load().then((parts) => ({ default: parts.MenuItem })));

/** A place of the console, as an item: a link, so that it opens in a new tab too. */
export const MenuLink = lazily(() => load().then((parts) => ({ default: parts.MenuLink })));

/** Some values, of which one is chosen. */
export const MenuChoice = lazily(() =>
  load().then((parts) => ({ default: parts.MenuChoice })),
) as typeof Base.MenuChoice;

/** What the items under it have in common. */
export const MenuLabel = lazily(() => load().then((parts) => ({ default: parts.MenuLabel })));

/** One of several values that can be chosen together. */
export const MenuCheck = lazily(() => load().then((parts) => ({ default: parts.MenuCheck })));

/** A line between groups of a menu. */
export const MenuLine = lazily(() => load().then((parts) => ({ default: parts.MenuLine })));
