import { cloneElement, Suspense, useState } from 'react';
import { lazily, wantSoon } from './lazily.ts';
import type * as Base from './base-menu.tsx';

export type { Option } from './base-menu.tsx';

// Menus are a fifth of all script, and nobody needs one before the page is visible. They are loaded when the browser is
// idle, or when a button that opens one is hovered or focused.
const load = () => import('./base-menu.tsx');
wantSoon(load);
const BaseMenu = lazily(() => load().then((parts) => ({ default: parts.BaseMenu })));

/** A menu that a button opens. Arrows, Home, End and letters move in it; Escape closes only the menu. */
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

/** A menu beside the element that it is about, open from the start. */
export const OpenMenu = (props: Base.MenuProps & { anchor: HTMLElement }) => (
  <Suspense fallback={null}>
    <BaseMenu {...props} open />
  </Suspense>
);

/** An action in a menu. */
export const MenuItem = lazily(() => load().then((parts) => ({ default: parts.MenuItem })));

/** A place of the console as a menu item. It is a link, so that it can be opened in a new tab. */
export const MenuLink = lazily(() => load().then((parts) => ({ default: parts.MenuLink })));

/** A choice of one value out of several. */
export const MenuChoice = lazily(() =>
  load().then((parts) => ({ default: parts.MenuChoice })),
) as typeof Base.MenuChoice;

/** The heading of the items below it. */
export const MenuLabel = lazily(() => load().then((parts) => ({ default: parts.MenuLabel })));

/** One of several values that can be checked independently. */
export const MenuCheck = lazily(() => load().then((parts) => ({ default: parts.MenuCheck })));

/** A line between groups of a menu. */
export const MenuLine = lazily(() => load().then((parts) => ({ default: parts.MenuLine })));
