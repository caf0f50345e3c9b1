import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { Section } from '../frame.tsx';
import { categories, type Definition, most } from './definition.ts';
import { type Draft, droppedOf, moveOf, putBack, removeStatus, setMove } from './draft.ts';
import { addStatus, beginIn, changeStatus, moveStatus, toggleInitial } from './edit.ts';
import { type Fault, faultOfStatus } from './faults.ts';
import { RemoveStatus } from './remove-status.tsx';
import { StatusRow } from './status-row.tsx';
import { categoryName } from './words.ts';

interface StatusesProps {
  draft: Draft;
  faults: readonly Fault[];
  in_use: readonly { status: string; tickets: number }[];
  onChange: (next: Draft) => void;
}

/** The statuses in their order, which is also the order of the board’s columns. */
export function Statuses({ draft, faults, in_use, onChange }: StatusesProps) {
  const { mine } = draft;
  const [removing, setRemoving] = useState<string>();
  const [said, setSaid] = useState('');
  const edit = (next: Definition) => onChange({ ...draft, mine: next });
  const move = (key: string, by: number) => {
    const next = moveStatus(mine, key, by);
    const place = next.statuses.findIndex((status) => status.key === key);
    edit(next);
    const { name = '' } = next.statuses[place] ?? {};
    setSaid(t('{name}: place {place} of {count}', { name, place: place + 1, count: next.statuses.length }));
  };
  return (
    <Section title={t('Statuses')} name="statuses">
      <p className="hidden" role="status">
        {said}
      </p>
      <ol className="statuses">
        {mine.statuses.map((status, place) => (
          <StatusRow
            key={status.key}
            status={status}
            begins={mine.initial.includes(status.key)}
            fault={faultOfStatus(faults, status.key)}
            is_first={place === 0}
            is_last={place === mine.statuses.length - 1}
            onChange={(changes) => edit(changeStatus(mine, status.key, changes))}
            onBegin={() => edit(toggleInitial(mine, status.key))}
            onMove={(by) => move(status.key, by)}
            onRemove={() => setRemoving(status.key)}
          />
        ))}
      </ol>
      <Add onAdd={(given) => edit(addStatus(mine, given))} is_full={mine.statuses.length >= most} />
      <Begin definition={mine} onChange={edit} />
      <Dropped draft={draft} in_use={in_use} onChange={onChange} />
      {removing !== undefined && (
        <RemoveStatus
          draft={draft}
          status={removing}
          onRemove={(to) => {
            setRemoving(undefined);
            onChange(removeStatus(draft, removing, to));
          }}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

interface AddProps {
  is_full: boolean;
  onAdd: (given: { name: string; category: string }) => void;
}

function Add({ is_full, onAdd }: AddProps) {
  const [name, setName] = useState('');
  const [category, setCategory] = useState<string>('todo');
  const add = () => {
    if (name.trim() === '') return;
    onAdd({ name: name.trim(), category });
    setName('');
  };
  return (
    <form
      className="status-add"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <input
        className="input"
        aria-label={t('Name of a new status')}
        placeholder={t('New status')}
        autoComplete="off"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label={t('What the new status means')}
        value={category}
        choices={categories.map((one) => ({ value: one, label: categoryName(one) }))}
        onChange={(event) => setCategory(event.currentTarget.value)}
      />
      <Button type="submit" icon="add" disabled={is_full}>
        {t('Add')}
      </Button>
    </form>
  );
}

/** Chooses the status that tickets start in by default. */
function Begin({ definition, onChange }: { definition: Definition; onChange: (next: Definition) => void }) {
  const { initial, statuses } = definition;
  if (initial.length < 2) return null;
  return (
    <p className="status-begin">
      {t('By default, tickets begin in')}{' '}
      <Select
        label={t('Where tickets begin by default')}
        value={initial[0]}
        choices={statuses
          .filter(({ key }) => initial.includes(key))
          .map(({ key, name }) => ({ value: key, label: name }))}
        onChange={(event) => onChange(beginIn(definition, event.currentTarget.value))}
      />
    </p>
  );
}

interface DroppedProps {
  draft: Draft;
  in_use: readonly { status: string; tickets: number }[];
  onChange: (next: Draft) => void;
}

/** The statuses that the next save removes, and where their tickets go. */
function Dropped({ draft, in_use, onChange }: DroppedProps) {
  const dropped = droppedOf(draft);
  if (dropped.length === 0) return null;
  return (
    <div className="dropped">
      <h3>{t('Removed when you save')}</h3>
      <ul className="settings-entries">
        {dropped.map(({ key, name }) => {
          const { tickets } = in_use.find(({ status }) => status === key) ?? {};
          return (
            <li key={key} className="settings-entry" data-in-use={tickets}>
              <div className="entry-what">
                <strong>{name}</strong>
                {tickets !== undefined && (
                  <span className="field-fault" role="alert">
                    <Icon name="warning" />{' '}
                    {t('{tickets, plural, one {# ticket is} other {# tickets are}} in it: say where they go.', {
                      tickets,
                    })}
                  </span>
                )}
              </div>
              <div className="entry-acts">
                <Select
                  label={t('Where the tickets of {name} go', { name })}
                  value={moveOf(draft, key)}
                  choices={[
                    { value: '', label: t('Nowhere: it must have no tickets') },
                    ...draft.mine.statuses.map((to) => ({
                      value: to.key,
                      label: t('Tickets go to {name}', { name: to.name }),
                    })),
                  ]}
                  onChange={(event) => onChange(setMove(draft, key, event.currentTarget.value))}
                />
                <Button
                  kind="quiet"
                  aria-label={t('Put back {name}', { name })}
                  onClick={() => onChange(putBack(draft, key))}
                >
                  {t('Put back')}
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
