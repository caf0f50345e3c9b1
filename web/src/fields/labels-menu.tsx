import { useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { MenuCheck } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { FieldMenu, type Opened, type Where } from './menu.tsx';
import { useLabels } from './use-labels.ts';

interface LabelsMenuProps extends Opened {
  desk: Desk;
  where: Where;
  value: readonly string[];
  onAdd: (label: string) => void;
  onRemove: (label: string) => void;
}

/** Chooses among the labels of the ticket and of all other tickets, or creates one by typing. */
export function LabelsMenu({ desk, value, onAdd, onRemove, ...rest }: LabelsMenuProps) {
  const [query, setQuery] = useState('');
  const open = 'anchor' in rest.where || rest.open === true;
  const { labels, other, complete } = useLabels(desk, { query, own: value, open });
  return (
    <FieldMenu search={t('Label')} onSearch={setQuery} pending={!complete} {...rest}>
      {labels.map((label) => (
        <MenuCheck
          key={label}
          label={label}
          checked={value.includes(label)}
          onChange={(checked) => (checked ? onAdd(label) : onRemove(label))}
        >
          {label}
        </MenuCheck>
      ))}
      {other !== undefined && (
        <MenuCheck label={other} checked={false} onChange={() => onAdd(other)}>
          {complete ? t('New label “{label}”', { label: other }) : other}
        </MenuCheck>
      )}
    </FieldMenu>
  );
}
