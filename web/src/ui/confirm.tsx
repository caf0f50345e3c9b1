import { useId, useRef, useState } from 'react';
import { type Failure, failureOf } from '../api/problems.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icon.tsx';
import { t } from './text.ts';
import './controls.css';
import './parts.css';

interface ConfirmProps {
  title: string;
  /** The consequences. */
  children: React.ReactNode;
  /** The button's label; `acting` is shown while the action runs. */
  act: string;
  acting: string;
  kind?: 'danger' | 'primary';
  /** The text that must be typed to confirm an action that can’t be undone. */
  typed?: { label: string; text: string } | undefined;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before an action that others notice or that can’t be undone, and shows in the dialog if it was refused. */
export function Confirm({ title, children, act, acting, kind = 'danger', typed, onConfirm, onClose }: ConfirmProps) {
  const id = useId();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [text, setText] = useState('');
  const cancel = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const is_typed = typed === undefined || text.trim() === typed.text;
  const confirm = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await onConfirm();
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open title={title} onClose={onClose} first={typed === undefined ? cancel : input}>
      <form
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && is_typed) void confirm();
        }}
      >
        <div className="prose">{children}</div>
        {typed !== undefined && (
          <div className="field">
            <label htmlFor={id}>{typed.label}</label>
            <input
              ref={input}
              id={id}
              className="input"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          </div>
        )}
        <div role="alert">
          {failure !== undefined && (
            <div className="notice notice-danger">
              <Icon name="warning" />
              <p>
                <strong>{failure.title}.</strong> {failure.detail}
              </p>
            </div>
          )}
        </div>
        <div className="form-end">
          <Button kind={kind} type="submit" busy={busy} disabled={!is_typed}>
            {busy ? acting : act}
          </Button>
          <Button ref={cancel} onClick={onClose}>
            {t('Cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
