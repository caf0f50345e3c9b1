import { useState } from 'react';
import { Button } from './button.tsx';
import { t } from './text.ts';

/** Copies a text. Without a secure context there is no clipboard: the text beside it can be selected. */
export function CopyButton({ text, of }: { text: string; of: string }) {
  const [copied, setCopied] = useState(false);
  if (navigator.clipboard === undefined) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <Button
      kind="quiet"
      icon={copied ? 'check' : 'copy'}
      aria-label={copied ? t('{of}: copied', { of }) : t('Copy {of}', { of })}
      onClick={() => void copy()}
    >
      {copied ? t('copied') : t('Copy')}
    </Button>
  );
}
