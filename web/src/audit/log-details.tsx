import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextField } from '../ui/field.tsx';
import { Faults } from '../ui/form.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { toBase64 } from './proof/bytes.ts';
import { signerOf } from './proof/note.ts';
import type { keepKey, LogView } from './watch.ts';

type KeyFault = Awaited<ReturnType<typeof keepKey>>;

interface DetailsProps {
  workspace: string;
  view: LogView;
  onKey: (text: string) => Promise<KeyFault>;
}

/** On request: who has signed the log, its root, and the key that this browser knows. */
export function LogDetails(props: DetailsProps) {
  const [is_open, setOpen] = useState(false);
  return (
    <details className="log-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('Root, key and signature')}</summary>
      {is_open && <Facts {...props} />}
    </details>
  );
}

function Facts({ workspace, view, onKey }: DetailsProps) {
  const { now, key, signed } = view;
  return (
    <>
      <dl className="facts">
        <dt>{t('Log')}</dt>
        <dd>
          <code>{now.origin}</code>
        </dd>
        <dt>{t('Root of {size} entries', { size: now.size })}</dt>
        <dd>
          <code>{toBase64(now.root)}</code>
        </dd>
        <dt>{t('Signed by the key')}</dt>
        <dd>
          <code>{signerOf(now) ?? t('nobody')}</code>
          {key !== undefined && signed === 'good' && (
            <span className="log-good">
              <Icon name="check" /> {t('whose signature is good')}
            </span>
          )}
        </dd>
        <dt>{t('Checkpoint')}</dt>
        <dd>
          <CopyButton kind="quiet" text={now.note} of={t('the checkpoint')} />
        </dd>
      </dl>
      <KeyForm workspace={workspace} has_key={key !== undefined} onKey={onKey} />
    </>
  );
}

/**
 * Asks the person for the log’s key. The server doesn’t send it, because a key from the server being checked would
 * prove nothing.
 */
function KeyForm({ workspace, has_key, onKey }: Omit<DetailsProps, 'view'> & { has_key: boolean }) {
  const [fault, setFault] = useState<KeyFault>(undefined);
  const faults: Record<NonNullable<KeyFault>, string> = {
    no_key: t('This is no key of a log. It begins with the log’s name, and has two plus signs.'),
    other_log: t('This is the key of another log.'),
  };
  const save = async (form: HTMLFormElement) => {
    const text = new FormData(form).get('key');
    const found = await onKey(typeof text === 'string' ? text : '');
    setFault(found);
    if (found === undefined) form.reset();
  };
  return (
    <form
      className="form log-key"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <Faults value={fault === undefined ? {} : { key: faults[fault] }}>
        <TextField
          label={has_key ? t('Another key of the log') : t('Key of the log')}
          name="key"
          autoComplete="off"
          spellCheck={false}
          hint={t(
            'From somebody you trust, not from this page: the people who run the server print it with npm run audit -- key {workspace}. This browser keeps it.',
            { workspace },
          )}
        />
      </Faults>
      <div className="form-end">
        <Button type="submit">{t('Keep the key')}</Button>
      </div>
    </form>
  );
}
