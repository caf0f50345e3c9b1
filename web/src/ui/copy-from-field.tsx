import { useState } from 'react';
import { Button } from './button.tsx';
import { t } from './text.ts';

interface CopyFromFieldProps {
  text: string;
  /** The field that shows the text: without a clipboard, as on plain HTTP by a host’s name, it is selected to be copied. */
  field: React.RefObject<HTMLInputElement | null>;
}

/** Copies a text, and says so. */
export function CopyFromField({ text, field }: CopyFromFieldProps) {
  const [says, setSays] = useState('');
  const select = () => {
    field.current?.focus();
    field.current?.select();
    setSays(t('Selected: copy it with the keyboard or the menu.'));
  };
  const copy = async () => {
    if (navigator.clipboard === undefined) return select();
    try {
      await navigator.clipboard.writeText(text);
      setSays(t('Copied'));
    } catch {
      select();
    }
  };
  return (
    <>
      <Button icon={says === '' ? 'copy' : 'check'} onClick={() => void copy()}>
        {t('Copy')}
      </Button>
      <span className="copied" role="status">
        {says}
      </span>
    </>
  );
}
