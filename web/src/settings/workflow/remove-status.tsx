import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { statusIn } from './definition.ts';
import type { Draft } from './draft.ts';
import { nameIn } from './words.ts';

interface RemoveStatusProps {
  draft: Draft;
  status: string;
  onRemove: (to: string) => void;
  onClose: () => void;
}

/** Asks where the tickets of a status go. They move only when the workflow is saved. */
export function RemoveStatus({ draft, status, onRemove, onClose }: RemoveStatusProps) {
  const { base, mine } = draft;
  const name = nameIn([mine], status);
  const others = mine.statuses.filter(({ key }) => key !== status);
  const category = statusIn(mine, status)?.category;
  const near = others.find((one) => one.category === category) ?? others[0];
  const [to, setTo] = useState(near?.key ?? '');
  const is_new = statusIn(base, status) === undefined;
  return (
    <Dialog
      open
      title={t('Remove {name}?', { name })}
      description={
        is_new
          ? t('It is not saved yet: no ticket is in it.')
          : t('Its steps go with it. What happened in it stays in the histories of tickets.')
      }
      onClose={onClose}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          onRemove(to);
        }}
      >
        {!is_new && (
          <SelectField
            label={t('Tickets that are in it then go to')}
            name="to"
            value={to}
            hint={t('Each gets an entry about it in its history. It happens when you save the workflow.')}
            choices={others.map((one) => ({ value: one.key, label: one.name }))}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        )}
        <div className="form-end">
          <Button kind="danger" type="submit">
            {t('Remove')}
          </Button>
          <Button onClick={onClose}>{t('Cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
