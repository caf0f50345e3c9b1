import { Suspense, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuCheck, MenuChoice, MenuItem } from '../ui/menu.tsx';
import { lazily } from '../ui/lazily.ts';
import { t } from '../ui/text.ts';
import {
  type FilterName,
  filter_names,
  type Filters,
  isFiltered,
  type Sort,
  sortsFor,
  toggled,
  withoutFilters,
} from './filters.ts';
import { filter_labels, sort_labels } from './names.ts';
import { useChoices, useValueNames } from './use-choices.tsx';

// Nobody needs a view's menu before the page is there.
const ViewControls = lazily(() => import('./view-controls.tsx'));

interface BarProps {
  desk: Desk;
  filters: Filters;
  project: string | undefined;
  change: (next: Filters) => void;
  /** How many tickets are shown. */
  count: React.ReactNode;
  /** Whether it is a board’s, whose tickets are always grouped. */
  board?: boolean;
}

/** The filters as chips: what they say is what stands in the address. */
export function FilterBar({ desk, filters, project, change, count, board = false }: BarProps) {
  const [menu, setMenu] = useState<FilterName | 'names' | undefined>(undefined);
  useCommands({ filter: () => setMenu('names') });
  const projects = project === undefined ? filters.project : [project];
  const valueName = useValueNames(desk, filters, projects);
  const used = filter_names.filter((name) => filters[name].length > 0);
  const offered = filter_names.filter((name) => name !== 'project' || project === undefined);
  return (
    <div className="filters" role="group" aria-label={t('Filters')}>
      {used.map((name) => (
        <span key={name} className="chip">
          <ValueMenu
            {...{ desk, name, filters, projects, change }}
            open={menu === name}
            onOpenChange={(open) => setMenu(open ? name : undefined)}
            trigger={
              <button type="button" className="chip-name">
                {filter_labels[name]()}:{' '}
                <strong>{filters[name].map((value) => valueName(name, value)).join(', ')}</strong>
              </button>
            }
          />
          <IconButton
            icon="close"
            className="chip-remove"
            label={t('Remove the filter {name}', { name: filter_labels[name]() })}
            onClick={() => change({ ...filters, [name]: [] })}
          />
        </span>
      ))}
      {menu !== undefined && menu !== 'names' && !used.includes(menu) ? (
        <ValueMenu
          {...{ desk, filters, projects, change }}
          name={menu}
          open
          onOpenChange={(open) => !open && setMenu(undefined)}
          trigger={
            <button type="button" className="button button-quiet filter-add">
              <Icon name="filter" /> {filter_labels[menu]()}
            </button>
          }
        />
      ) : (
        <Menu
          open={menu === 'names'}
          onOpenChange={(open) => setMenu((now) => (open ? 'names' : now === 'names' ? undefined : now))}
          trigger={
            <button type="button" className="button button-quiet filter-add" aria-keyshortcuts="/">
              <Icon name="filter" /> {t('Filter')}
            </button>
          }
        >
          {offered.map((name) => (
            <MenuItem key={name} onSelect={() => setMenu(name)}>
              {filter_labels[name]()}
            </MenuItem>
          ))}
        </Menu>
      )}
      {isFiltered(filters) && (
        <Button kind="quiet" className="filter-clear" onClick={() => change(withoutFilters(filters))}>
          {t('Clear filters')}
        </Button>
      )}
      <span className="filters-end">
        <span className="count" role="status">
          {count}
        </span>
        <SortMenu {...{ filters, change }} grouped={project !== undefined && !board} />
      </span>
      <Suspense fallback={null}>
        <ViewControls {...{ desk, filters, project, board }} />
      </Suspense>
    </div>
  );
}

interface ValueMenuProps extends Omit<BarProps, 'count' | 'project' | 'board'> {
  name: FilterName;
  projects: readonly string[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  trigger: React.ReactElement<React.ComponentProps<'button'>>;
}

/** The values of one filter, to be chosen together. */
function ValueMenu({ desk, name, filters, projects, change, ...rest }: ValueMenuProps) {
  const [query, setQuery] = useState('');
  const choices = useChoices(desk, name, query.trim(), projects);
  return (
    <Menu search={filter_labels[name]()} onSearch={setQuery} {...rest}>
      {choices.map(({ value, label, drawn }) => (
        <MenuCheck
          key={value}
          label={label}
          checked={filters[name].includes(value)}
          onChange={() => change(toggled(filters, name, value))}
        >
          {drawn}
        </MenuCheck>
      ))}
    </Menu>
  );
}

function SortMenu({ filters, change, grouped }: Pick<BarProps, 'filters' | 'change'> & { grouped: boolean }) {
  const options = sortsFor(filters).map((value) => ({ value, label: sort_labels[value]() }));
  const groups = [
    { value: 'status' as const, label: t('By status') },
    { value: 'none' as const, label: t('Not grouped') },
  ];
  const trigger = (
    <button
      type="button"
      className="button button-quiet sort"
      aria-label={t('Order: {name}', { name: sort_labels[filters.sort]() })}
    >
      <Icon name="sort" /> <span className="sort-name">{sort_labels[filters.sort]()}</span>
    </button>
  );
  return (
    <Menu align="end" trigger={trigger}>
      <MenuChoice
        label={t('Order')}
        value={filters.sort}
        options={options}
        onChange={(sort: Sort) => change({ ...filters, sort })}
      />
      {grouped && (
        <MenuChoice
          label={t('Groups')}
          value={filters.group}
          options={groups}
          onChange={(group) => change({ ...filters, group })}
        />
      )}
    </Menu>
  );
}
