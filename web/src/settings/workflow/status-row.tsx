import { useId } from 'react';
import { flushSync } from 'react-dom';
import { IconButton } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/select-field.tsx';
import { StatusIcon } from '../../ui/status.tsx';
import { t } from '../../ui/text.ts';
import { categories, type Status } from './definition.ts';
import { categoryName } from './words.ts';

interface StatusRowProps {
  status: Status;
  /** Whether tickets may start in this status. */
  begins: boolean;
  fault: string | undefined;
  is_first: boolean;
  is_last: boolean;
  onChange: (changes: Partial<Pick<Status, 'name' | 'category'>>) => void;
  onBegin: () => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

/** A status: its name, category and position. */
export function StatusRow(props: StatusRowProps) {
  const { status, begins, fault, is_first, is_last, onChange, onBegin, onMove, onRemove } = props;
  const { key, name, category } = status;
  const id = useId();
  const move = (by: number) => (event: React.MouseEvent<HTMLButtonElement>) => {
    const button = event.currentTarget;
    // Render first: moving the row in the document would lose its focus.
    flushSync(() => onMove(by));
    button.focus();
  };
  return (
    <li className="status-row">
      <StatusIcon category={category} />
      <input
        className="input status-name"
        aria-label={t('Name of {name}', { name: name === '' ? key : name })}
        aria-invalid={fault === undefined ? undefined : true}
        aria-describedby={fault === undefined ? undefined : id}
        autoComplete="off"
        value={name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        label={t('What {name} means', { name })}
        value={category}
        choices={categories.map((one) => ({ value: one, label: categoryName(one) }))}
        onChange={(event) => onChange({ category: event.currentTarget.value })}
      />
      <Check checked={begins} onChange={onBegin} aria-label={t('Begins: {name}', { name })}>
        {t('Begins')}
      </Check>
      <div className="status-acts">
        <IconButton
          icon="chevron"
          className="status-up"
          label={t('Move {name} up', { name })}
          aria-disabled={is_first ? true : undefined}
          onClick={move(-1)}
        />
        <IconButton
          icon="chevron"
          label={t('Move {name} down', { name })}
          aria-disabled={is_last ? true : undefined}
          onClick={move(1)}
        />
        <IconButton icon="close" label={t('Remove {name}', { name })} onClick={onRemove} />
      </div>
      {fault !== undefined && (
        <p id={id} className="field-fault status-fault">
          <Icon name="warning" /> {fault}
        </p>
      )}
    </li>
  );
}
