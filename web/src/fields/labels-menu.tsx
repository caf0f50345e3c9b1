import { useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { MenuCheck } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { knownLabels } from './known-labels.ts';
import { FieldMenu, type Opened, type Where } from './menu.tsx';

/** The most labels in the menu; typing finds the others. */
const most = 50;

interface LabelsMenuProps extends Opened {
  desk: Desk;
  where: Where;
  value: readonly string[];
  onAdd: (label: string) => void;
  onRemove: (label: string) => void;
}

/** Chooses among the labels of the ticket and of other tickets, or creates one by typing. */
export function LabelsMenu({ desk, value, onAdd, onRemove, ...rest }: LabelsMenuProps) {
  const [query, setQuery] = useState('');
  const typed = query.trim();
  const all = [...new Set([...value, ...knownLabels(desk)])];
  const found = all.filter((label) => label.toLowerCase().includes(typed.toLowerCase())).slice(0, most);
  const is_new = typed !== '' && typed.length <= 64 && !all.includes(typed);
  return (
    <FieldMenu search={t('Label')} onSearch={setQuery} {...rest}>
      {found.map((label) => (
        <MenuCheck
          key={label}
          label={label}
          checked={value.includes(label)}
          onChange={(checked) => (checked ? onAdd(label) : onRemove(label))}
        >
          {label}
        </MenuCheck>
      ))}
      {is_new && (
        <MenuCheck label={typed} checked={false} onChange={() => onAdd(typed)}>
          {t('New label “{label}”', { label: typed })}
        </MenuCheck>
      )}
    </FieldMenu>
  );
}
