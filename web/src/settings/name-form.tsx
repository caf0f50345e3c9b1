import { useState } from 'react';
import { isCode } from '../api/problems.ts';
import { Button } from '../ui/button.tsx';
import { Form } from '../ui/form.tsx';
import { TextField } from '../ui/field.tsx';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { afterSaving } from './after-saving.ts';
import { Meanwhile } from './meanwhile.tsx';
import type { May } from '../desk/use-may.ts';

interface Named {
  name: string;
  version: number;
}

interface NameFormProps {
  label: string;
  hint?: string;
  autoComplete?: string;
  now: Named;
  may?: May;
  /** Saves the name, based on the version that the person saw. */
  save: (named: Named) => Promise<Named>;
  /** Reads the current name from the server. */
  read: () => Promise<Named>;
  onSaved?: () => void;
}

/** The state of the form: the typed name, the saved one, and somebody else’s new one. */
function useName({ now, save, read, onSaved }: Pick<NameFormProps, 'now' | 'save' | 'read' | 'onSaved'>) {
  const [seen, setSeen] = useState(now);
  const [theirs, setTheirs] = useState<Named>();
  const [typed, setTyped] = useState(now.name);
  const take = (named: Named) => {
    setSeen(named);
    setTyped(named.name);
    setTheirs(undefined);
  };
  // Nothing has been typed, so the form shows the name that was saved elsewhere.
  if (now.version > seen.version && typed === seen.name && theirs === undefined) take(now);
  const done = (saved: Named) => {
    setSeen(saved);
    setTheirs(undefined);
    setTyped((now_typed) => afterSaving(now_typed, { sent: typed, saved: saved.name }));
    toast({ text: t('Saved: {name}', { name: saved.name }) });
    onSaved?.();
  };
  const submit = async () => {
    const on = theirs ?? seen;
    try {
      done(await save({ name: typed, version: on.version }));
    } catch (error) {
      if (!isCode(error, 'conflict')) throw error;
      const found = await read();
      // Only other fields have changed, so saving the name overwrites nothing.
      if (found.name === on.name) done(await save({ name: typed, version: found.version }));
      else setTheirs(found);
    }
  };
  return { seen, theirs, typed, setTyped, submit, take };
}

/** Renames something. If somebody else has renamed it in the meantime, shows both names and lets the person choose. */
export function NameForm(props: NameFormProps) {
  const { label, hint, autoComplete = 'off', may = { may: true, why: '' } } = props;
  const { seen, theirs, typed, setTyped, submit, take } = useName(props);
  return (
    <fieldset className="may" disabled={!may.may}>
      <Form
        submit={theirs === undefined ? t('Save') : t('Save mine')}
        sending={t('Saving…')}
        onSubmit={submit}
        className={theirs === undefined ? 'inline-form' : ''}
        beside={theirs !== undefined && <Button onClick={() => take(theirs)}>{t('Keep theirs')}</Button>}
      >
        <TextField
          label={label}
          hint={hint}
          name="name"
          autoComplete={autoComplete}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {theirs !== undefined && (
          <Meanwhile
            says={t('Somebody else changed the name while you had this page open. Save yours, or keep theirs.')}
            rows={[{ what: label, was: seen.name, yours: typed, theirs: theirs.name }]}
          />
        )}
      </Form>
    </fieldset>
  );
}
