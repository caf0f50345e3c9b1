import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { t } from '../ui/text.ts';

interface DueInputProps {
  value: string | null;
  onChange: (value: string) => void;
  onClose: () => void;
}

/** A browser date field for any date. */
export function DueInput({ value, onChange, onClose }: DueInputProps) {
  const [day, setDay] = useState(value ?? '');
  const save = () => {
    if (day !== '') onChange(day);
    onClose();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') save();
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="due-input">
      <input
        type="date"
        className="input"
        aria-label={t('Due')}
        autoFocus
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Button onClick={save}>{t('Set')}</Button>
    </span>
  );
}
