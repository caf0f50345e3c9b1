import { createContext, useLayoutEffect, useRef, useState } from 'react';
import { type Failure, failureOf, faultsOf } from '../api/problems.ts';
import { Button } from './button.tsx';
import { isComposing } from './composing.ts';
import { Icon } from './icon.tsx';
import './controls.css';

/** The faults of the surrounding form's fields, by name. */
export const Faults = createContext<Record<string, string>>({});

interface FormProps {
  /** The button's label; `sending` is shown while the form is being sent. */
  submit: string;
  sending: string;
  onSubmit: (values: Record<string, string>) => Promise<void>;
  /**
   * The field beside which a problem is shown, by its code: `{ email_taken: 'email' }`. Others are shown above the
   * button.
   */
  at?: Partial<Record<string, string>> | undefined;
  /** Texts for problems whose general text would mislead here, by code. */
  told?: Partial<Record<string, Pick<Failure, 'title' | 'detail'>>> | undefined;
  /** Shown beside the button. */
  beside?: React.ReactNode;
  /** Returns what the person can do about a failure. */
  remedy?: (failure: Failure) => React.ReactNode;
  className?: string;
  children: React.ReactNode;
}

interface Refused {
  failure: Failure | undefined;
  faults: Record<string, string>;
}

const nothing: Refused = { failure: undefined, faults: {} };

/** Returns the values of a form's fields by their names. */
const valuesOf = (form: HTMLFormElement): Record<string, string> =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : '']));

function refusedBy(
  error: unknown,
  { at = {}, told = {} }: Pick<FormProps, 'at' | 'told'>,
  form: HTMLFormElement,
): Refused {
  const general = failureOf(error);
  const failure = { ...general, ...told[general.code] };
  const field = at[failure.code];
  if (field !== undefined) return { failure: undefined, faults: { [field]: `${failure.title}. ${failure.detail}` } };
  const faults = faultsOf(error);
  const all_shown = Object.keys(faults).length > 0 && Object.keys(faults).every((name) => name in form.elements);
  return { failure: all_shown ? undefined : failure, faults };
}

/** A form that can't be sent twice at once, keeps its values on failure, and shows faults beside their fields. */
export function Form({ submit, sending, onSubmit, at, told, beside, remedy, className = '', children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [{ failure, faults }, setRefused] = useState(nothing);

  // Focus the first invalid field as soon as its fault is shown.
  useLayoutEffect(() => {
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [faults]);

  const send = async (target: HTMLFormElement) => {
    setBusy(true);
    try {
      await onSubmit(valuesOf(target));
      setRefused(nothing);
    } catch (error) {
      setRefused(refusedBy(error, { at, told }, target));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      noValidate
      className={`form ${className}`}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isComposing(event.nativeEvent)) return;
        event.preventDefault();
        event.currentTarget.requestSubmit();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void send(event.currentTarget);
      }}
    >
      <Faults value={faults}>{children}</Faults>
      <div role="alert">
        {failure !== undefined && (
          <div className="notice notice-danger">
            <Icon name="warning" />
            <p>
              <strong>{failure.title}.</strong> {failure.detail} {remedy?.(failure)}
            </p>
          </div>
        )}
      </div>
      <div className="form-end">
        <Button kind="primary" type="submit" busy={busy}>
          {busy ? sending : submit}
        </Button>
        {beside}
      </div>
    </form>
  );
}
