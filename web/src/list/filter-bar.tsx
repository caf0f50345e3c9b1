import { Suspense, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuChoice, MenuItem } from '../ui/menu.tsx';
import { lazily, wantSoon } from '../ui/lazily.ts';
import { t } from '../ui/text.ts';
import { always, choiceOf, dueName, due_choices, due_labels, due_spans, open_categories } from './due.ts';
import {
  type FilterName,
  filter_names,
  type Filters,
  isFiltered,
  type Sort,
  sortsFor,
  withoutFilters,
} from './filters.ts';
import { filter_labels, sort_labels } from './names.ts';
import { useValueNames } from './use-value-names.ts';

type Name = FilterName | 'due';

// Loaded later, because nobody needs the values of a filter or a view's menu before the page is visible.
const loadValues = () => import('./value-checks.tsx');
wantSoon(loadValues);
const ValueChecks = lazily(() => loadValues().then((parts) => ({ default: parts.ValueChecks })));
const ViewControls = lazily(() => import('./view-controls.tsx'));

interface BarProps {
  desk: Desk;
  filters: Filters;
  project: string | undefined;
  change: (next: Filters) => void;
  /** The number of tickets that are shown. */
  count: React.ReactNode;
  /** Whether this is a board, which always groups its tickets. */
  board?: boolean;
}

const names: readonly Name[] = [...filter_names.filter((name) => name !== 'project'), 'due', 'project'];

/** The filters as chips. The address holds them. */
export function FilterBar({ desk, filters, project, change, count, board = false }: BarProps) {
  const [menu, setMenu] = useState<Name | 'names' | undefined>(undefined);
  useCommands({ filter: () => setMenu('names') });
  const projects = project === undefined ? filters.project : [project];
  const valueName = useValueNames(desk, filters, projects);
  const said = (name: Name): string | undefined => {
    if (name === 'due') return dueName(filters.due);
    return filters[name].length === 0 ? undefined : filters[name].map((value) => valueName(name, value)).join(', ');
  };
  const used = names.filter((name) => said(name) !== undefined);
  const offered = names.filter((name) => name !== 'project' || project === undefined);
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
                {filter_labels[name]()}: <strong>{said(name)}</strong>
              </button>
            }
          />
          <IconButton
            icon="close"
            className="chip-remove"
            label={t('Remove the filter {name}', { name: filter_labels[name]() })}
            onClick={() => change({ ...filters, [name]: name === 'due' ? always : [] })}
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
  name: Name;
  projects: readonly string[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  trigger: React.ReactElement<React.ComponentProps<'button'>>;
}

const ValueMenu = ({ name, ...props }: ValueMenuProps) =>
  name === 'due' ? <DueMenu {...props} /> : <ValuesMenu {...props} name={name} />;

/** A menu of due dates. Unless statuses are chosen already, "Overdue" leaves out the tickets that are done. */
function DueMenu({ desk: _, filters, projects: __, change, ...rest }: Omit<ValueMenuProps, 'name'>) {
  const { due, status, status_category } = filters;
  const options = due_choices.map((value) => ({ value, label: due_labels[value]() }));
  return (
    <Menu {...rest}>
      <MenuChoice
        label={filter_labels.due()}
        value={choiceOf(due) ?? null}
        options={options}
        onChange={(choice) => {
          const is_open = choice === 'overdue' && status.length + status_category.length === 0;
          change({ ...filters, due: due_spans[choice], ...(is_open && { status_category: open_categories }) });
        }}
      />
    </Menu>
  );
}

/** A menu for one filter, in which several values can be checked. */
function ValuesMenu({ desk, name, filters, projects, change, ...rest }: ValueMenuProps & { name: FilterName }) {
  const [query, setQuery] = useState('');
  return (
    <Menu search={filter_labels[name]()} onSearch={setQuery} any={name === 'label' || query === ''} {...rest}>
      <Suspense fallback={null}>
        <ValueChecks {...{ desk, name, filters, projects, change }} query={query.trim()} />
      </Suspense>
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
