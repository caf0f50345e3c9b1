import { useEffect, useId, useRef, useState } from 'react';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { t } from './text.ts';
import './controls.css';
import './parts.css';

/**
 * A value that is shown once and stored nowhere. It is forgotten when its component is unmounted, and before the
 * browser stores the page for its Back button.
 */
export function useSecret<T>(): [secret: T | undefined, show: (secret: T) => void, forget: () => void] {
  const [secret, setSecret] = useState<T>();
  const forget = () => setSecret(undefined);
  useEffect(() => {
    addEventListener('pagehide', forget);
    return () => removeEventListener('pagehide', forget);
  }, []);
  return [secret, (shown: T) => setSecret(() => shown), forget];
}

interface SecretProps {
  /** The name of the secret: "The token of Nightly build". */
  label: string;
  /** Instructions. */
  says: string;
  value: string;
  /** Called when the person says that they have the secret. */
  onDone: () => void;
}

/** Shows a secret that must be copied now. It gets the focus, so that nobody overlooks it. */
export function Secret({ label, says, value, onDone }: SecretProps) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <div className="secret">
      <label htmlFor={id}>{label}</label>
      <p id={`${id}-says`}>{says}</p>
      <div className="secret-row">
        <input
          ref={field}
          id={id}
          className="input secret-value"
          readOnly
          spellCheck={false}
          autoComplete="off"
          aria-describedby={`${id}-says`}
          value={value}
          // Selected backwards, so that the field shows its beginning.
          onFocus={({ currentTarget: input }) => input.setSelectionRange(0, value.length, 'backward')}
        />
        <CopyButton of={label} text={value} field={field} />
        <Button onClick={onDone}>{t('I have it: hide it')}</Button>
      </div>
    </div>
  );
}
