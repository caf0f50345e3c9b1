import { useRef, useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { usePerson } from '../desk/use-desk.ts';
import { useMembers } from '../desk/use-members.ts';
import { Button } from '../ui/button.tsx';
import { dayOf } from '../ui/dates.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuChoice } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { actionOptions, typeOptions } from './actions.ts';
import type { AuditAddress } from './filters.ts';

interface BarProps {
  desk: Desk;
  address: AuditAddress;
  change: (changed: AuditAddress) => void;
}

interface ChoiceProps {
  of: string;
  unfiltered: string;
  value: string;
  options: readonly { value: string; label: string }[];
  /** The text that the options were searched for on the server, if there may be more of them. */
  query?: string;
  onSearch?: (query: string) => void;
  onChange: (value: string | undefined) => void;
}

/** A button that shows the current choice and opens a menu to change it. */
function Choice({ of, unfiltered, value, options, query = '', onSearch, onChange }: ChoiceProps) {
  const label = value === '' ? unfiltered : (options.find((option) => option.value === value)?.label ?? value);
  const trigger = (
    <button type="button" className="button button-plain audit-choice" aria-label={`${of}: ${label}`}>
      <span className="audit-chosen">{label}</span>
      <Icon name="chevron" />
    </button>
  );
  return (
    <Menu trigger={trigger} search={of} onSearch={onSearch}>
      <MenuChoice
        label={of}
        value={value}
        // Enter chooses the first option, which must be one that was searched for.
        options={query.trim() === '' ? [{ value: '', label: unfiltered }, ...options] : options}
        onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
      />
    </Menu>
  );
}

/** The filters of the log: actor, action, kind, subject and dates. The address holds them. */
export function FilterBar({ desk, address, change }: BarProps) {
  const { actor = '', action = '', type = '', from = '', to = '' } = address;
  const [query, setQuery] = useState('');
  const found = useMembers(desk.workspace_id, query);
  // A former member is in no list of members, but still in the log.
  const chosen = usePerson(desk, actor === '' ? null : actor);
  const people = found.map(({ user_id, name }) => ({ value: user_id, label: name }));
  const is_beside = actor !== '' && !people.some(({ value }) => value === actor);
  const everybody = is_beside ? [...people, { value: actor, label: chosen?.name ?? '…' }] : people;
  const is_narrowed = Object.values(address).some((value) => value !== undefined);
  return (
    <div className="audit-filters" role="group" aria-label={t('Filters')}>
      <Choice
        of={t('Who')}
        unfiltered={t('Anybody')}
        value={actor}
        options={everybody}
        query={query}
        onSearch={setQuery}
        onChange={(value) => change({ ...address, actor: value })}
      />
      <Choice
        of={t('What')}
        unfiltered={t('Everything')}
        value={action}
        options={actionOptions()}
        onChange={(value) => change({ ...address, action: value })}
      />
      <Choice
        of={t('Kind of thing')}
        unfiltered={t('Any kind of thing')}
        value={type}
        options={typeOptions()}
        onChange={(value) => change({ ...address, type: value })}
      />
      <Thing key={address.thing ?? ''} address={address} change={change} />
      <Day of={t('From')} value={from} max={to} onChange={(day) => change({ ...address, from: day })} />
      <Day
        of={t('To')}
        value={to}
        min={from}
        max={dayOf(new Date())}
        onChange={(day) => change({ ...address, to: day })}
      />
      {is_narrowed && (
        <Button kind="quiet" onClick={() => change({})}>
          {t('Clear filters')}
        </Button>
      )}
    </div>
  );
}

/** A field for a ticket’s key or any subject’s id. */
function Thing({ address, change }: Omit<BarProps, 'desk'>) {
  const input = useRef<HTMLInputElement>(null);
  const apply = () => {
    const thing = input.current?.value.trim() ?? '';
    if (thing !== (address.thing ?? '')) change({ ...address, thing: thing === '' ? undefined : thing });
  };
  return (
    <form
      className="audit-thing"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <input
        ref={input}
        className="input"
        aria-label={t('Ticket, or id of a thing')}
        placeholder={t('Ticket or id')}
        defaultValue={address.thing ?? ''}
        autoComplete="off"
        spellCheck={false}
        onBlur={apply}
      />
    </form>
  );
}

interface DayProps {
  of: string;
  value: string;
  min?: string;
  max?: string;
  onChange: (day: string | undefined) => void;
}

function Day({ of, value, min = '', max = '', onChange }: DayProps) {
  return (
    <label className="audit-day">
      <span>{of}</span>
      <input
        type="date"
        className="input"
        value={value}
        {...(min !== '' && { min })}
        {...(max !== '' && { max })}
        onChange={(event) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
      />
    </label>
  );
}
