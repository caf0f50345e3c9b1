import { Menu as Base } from '@base-ui/react/menu';
import { useLayoutEffect } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { layers } from './layers.tsx';
import { t } from './text.ts';
import { useCell } from './use-cell.ts';
import './overlays.css';

export interface MenuProps {
  /** The button that opens the menu; without one, the menu opens at `anchor`. */
  trigger?: React.ReactElement<React.ComponentProps<'button'>> | undefined;
  /** The element that the menu opens beside, if that is not its button. It gets the focus back. */
  anchor?: HTMLElement | undefined;
  align?: 'start' | 'end';
  /** The label of the search field, if the items can be filtered by typing. */
  search?: string | undefined;
  /** Called with the typed text, if the caller finds the items. */
  onSearch?: ((query: string) => void) | undefined;
  /** Whether any text can be chosen, so that an empty menu doesn't say that none matches. */
  any?: boolean | undefined;
  open?: boolean | undefined;
  onOpenChange?: ((open: boolean) => void) | undefined;
  /** Whether the menu is open when it appears. */
  defaultOpen?: boolean | undefined;
  children: React.ReactNode;
}

/** Selects the item with the pressed digit: one key, where arrow keys and Enter take several. */
function Digits() {
  useLayoutEffect(() => {
    // Listens on the whole page, because the digit may be pressed before the menu has the focus.
    const take = (event: KeyboardEvent) => {
      if (!/^\d$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
      const item = document.querySelector<HTMLElement>(`.menu [data-digit="${event.key}"]`);
      if (item === null) return;
      event.preventDefault();
      event.stopPropagation();
      item.click();
    };
    // In the capture phase, before the menu's own search by letters sees the key.
    document.addEventListener('keydown', take, { capture: true });
    return () => document.removeEventListener('keydown', take, { capture: true });
  }, []);
  return null;
}

/** The implementation of menu.tsx, loaded separately. */
export function BaseMenu({ trigger, anchor, align = 'start', search, onSearch, children, ...rest }: MenuProps) {
  const { any = false, ...opened } = rest;
  const container = useCell(layers);
  const menu = (
    <Base.Root {...opened}>
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal container={container}>
        <Base.Positioner className="menu-place" sideOffset={4} align={align} anchor={anchor}>
          <Base.Popup className="menu" {...(anchor !== undefined && { finalFocus: () => anchor })}>
            {search !== undefined && (
              <>
                <Base.Input className="menu-search" aria-label={search} placeholder={search} />
                <Base.Empty className="menu-empty">{!any && t('None matches.')}</Base.Empty>
              </>
            )}
            {search === undefined && <Digits />}
            <Base.List className="menu-list">{children}</Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
  if (search === undefined) return menu;
  const found = onSearch === undefined ? {} : { filter: null, onValueChange: (query: string) => onSearch(query) };
  return (
    <Base.FilterProvider autoHighlight="always" {...found}>
      {menu}
    </Base.FilterProvider>
  );
}

interface ItemProps {
  icon?: IconName | undefined;
  keys?: string | undefined;
  /** The digit that selects it while the menu is open. */
  digit?: number | undefined;
  disabled?: boolean;
  onSelect: () => void;
  children: React.ReactNode;
}

/** An action in a menu. */
export function MenuItem({ icon, keys, digit, disabled = false, onSelect, children }: ItemProps) {
  return (
    <Base.Item className="menu-item" data-digit={digit} disabled={disabled} onClick={onSelect}>
      <span className="menu-mark">{icon !== undefined && <Icon name={icon} />}</span>
      <span className="menu-text">{children}</span>
      {(keys ?? digit) !== undefined && <kbd aria-hidden="true">{keys ?? digit}</kbd>}
    </Base.Item>
  );
}

interface LinkProps {
  /** The link itself, without its text. */
  render: React.ReactElement;
  icon?: IconName;
  /** Whether the person is at this place now. */
  chosen?: boolean;
  children: React.ReactNode;
}

/** A place of the console as a menu item. It is a link, so that it can be opened in a new tab. */
export function MenuLink({ render, icon, chosen = false, children }: LinkProps) {
  return (
    <Base.LinkItem className="menu-item" render={render} closeOnClick aria-current={chosen ? 'page' : undefined}>
      <span className="menu-mark">{chosen ? <Icon name="check" /> : icon !== undefined && <Icon name={icon} />}</span>
      <span className="menu-text">{children}</span>
    </Base.LinkItem>
  );
}

export interface Option<Value extends string> {
  value: Value;
  /** The name, which is also what typing searches for. */
  label: string;
  /** What is shown in place of the name. */
  drawn?: React.ReactNode;
  /** The digit that selects it while the menu is open. */
  digit?: number;
}

interface ChoiceProps<Value extends string> {
  label?: string | undefined;
  /** null: none of them. */
  value: Value | null;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

/** A choice of one value out of several. */
export function MenuChoice<Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
      {label !== undefined && <Base.GroupLabel className="menu-label">{label}</Base.GroupLabel>}
      {options.map((option) => (
        <Base.RadioItem
          key={option.value}
          className="menu-item"
          data-digit={option.digit}
          value={option.value}
          label={option.label}
          closeOnClick
        >
          <span className="menu-mark">
            <Base.RadioItemIndicator>
              <Icon name="check" />
            </Base.RadioItemIndicator>
          </span>
          <span className="menu-text">{option.drawn ?? option.label}</span>
          {option.digit !== undefined && <kbd aria-hidden="true">{option.digit}</kbd>}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

/** The heading of the items below it. */
export const MenuLabel = ({ children }: { children: React.ReactNode }) => <div className="menu-label">{children}</div>;

interface CheckProps {
  checked: boolean;
  /** What typing searches for. */
  label: string;
  onChange: (checked: boolean) => void;
  children: React.ReactNode;
}

/** One of several values that can be checked independently. The menu stays open. */
export function MenuCheck({ checked, label, onChange, children }: CheckProps) {
  return (
    <Base.CheckboxItem className="menu-item" checked={checked} label={label} onCheckedChange={onChange}>
      <span className="menu-mark">
        <Base.CheckboxItemIndicator>
          <Icon name="check" />
        </Base.CheckboxItemIndicator>
      </span>
      <span className="menu-text">{children}</span>
    </Base.CheckboxItem>
  );
}

/** A line between groups of a menu. */
export const MenuLine = () => <Base.Separator className="menu-line" />;
