import type { Desk } from '../desk/desk.ts';
import { LabelChecks } from '../fields/label-checks.tsx';
import { MenuCheck } from '../ui/menu.tsx';
import { type FilterName, type Filters, toggled } from './filters.ts';
import { type Named, useChoices } from './use-choices.tsx';

interface ChecksProps<Name extends FilterName> {
  desk: Desk;
  name: Name;
  /** The typed text. */
  query: string;
  filters: Filters;
  projects: readonly string[];
  change: (next: Filters) => void;
}

/** The values in the open menu of a filter, of which several can be checked. */
export function ValueChecks({ name, ...props }: ChecksProps<FilterName>) {
  const { desk, query, filters, change } = props;
  if (name !== 'label') return <NamedChecks {...props} name={name} />;
  return (
    <LabelChecks
      {...{ desk, query }}
      value={filters.label}
      onChange={(label) => change(toggled(filters, 'label', label))}
    />
  );
}

function NamedChecks({ desk, name, query, filters, projects, change }: ChecksProps<Named>) {
  return useChoices(desk, name, query, projects).map(({ value, label, drawn }) => (
    <MenuCheck
      key={value}
      label={label}
      checked={filters[name].includes(value)}
      onChange={() => change(toggled(filters, name, value))}
    >
      {drawn}
    </MenuCheck>
  ));
}
