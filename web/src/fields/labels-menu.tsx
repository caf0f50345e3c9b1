import { useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { t } from '../ui/text.ts';
import { LabelChecks } from './label-checks.tsx';
import { FieldMenu, type Opened, type Where } from './menu.tsx';

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
  const change = (label: string, checked: boolean) => (checked ? onAdd(label) : onRemove(label));
  return (
    <FieldMenu search={t('Label')} onSearch={setQuery} any {...rest}>
      <LabelChecks {...{ desk, query, value }} creates onChange={change} />
    </FieldMenu>
  );
}
