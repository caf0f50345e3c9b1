import { useState } from 'react';
import { Button } from './button.tsx';
import { t } from './text.ts';

interface CopyButtonProps {
  /** What it copies, for screen readers: "the checkpoint". */
  of: string;
  text: string;
  kind?: 'plain' | 'quiet';
  /** The field with the text, which is selected if the browser can't copy, as on plain HTTP under a host name. */
  field?: React.RefObject<HTMLInputElement | null>;
}

/** Copies a text and says so. If the browser can't copy, it says what to do. */
export function CopyButton({ of, text, kind = 'plain', field }: CopyButtonProps) {
  const [says, setSays] = useState('');
  const copied = t('Copied');
  const refused = () => {
    field?.current?.focus();
    field?.current?.select();
    const selected = t('Selected: copy it with the keyboard or the menu.');
    setSays(field === undefined ? t('This browser copies nothing here: select the text.') : selected);
  };
  const copy = async () => {
    try {
      // Without a secure context, there is no clipboard and this throws.
      await navigator.clipboard.writeText(text);
      setSays(copied);
    } catch {
      refused();
    }
  };
  return (
    <>
      <Button
        kind={kind}
        icon={says === copied ? 'check' : 'copy'}
        aria-label={t('Copy: {of}', { of })}
        onClick={() => void copy()}
      >
        {t('Copy')}
      </Button>
      <span className="copied" role="status">
        {says}
      </span>
    </>
  );
}
