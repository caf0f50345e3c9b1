import { useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { useMembers } from '../desk/use-members.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { MenuChoice } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { FieldMenu, type Opened, type Where } from './menu.tsx';

interface AssigneeMenuProps extends Opened {
  desk: Pick<Desk, 'workspace_id' | 'account'>;
  where: Where;
  value: string | null;
  onChange: (value: string | null) => void;
}

/** Chooses an assignee: nobody, the person themselves, or somebody found by typing. The server searches. */
export function AssigneeMenu({ desk, value, onChange, ...rest }: AssigneeMenuProps) {
  const [query, setQuery] = useState('');
  const found = useMembers(desk.workspace_id, query);
  const own = desk.account;
  const people = [...found.filter(({ user_id }) => user_id === own), ...found.filter(({ user_id }) => user_id !== own)];
  const nobody = {
    value: '',
    label: t('Nobody'),
    drawn: (
      <>
        <Icon name="person" /> {t('Nobody')}
      </>
    ),
  };
  const options = people.map(({ user_id, name, email }) => ({
    value: user_id,
    label: name,
    drawn: (
      <>
        <Avatar id={user_id} name={name} />
        <span className="person">
          {user_id === own ? t('{name} (you)', { name }) : name}
          <small>{email}</small>
        </span>
      </>
    ),
  }));
  return (
    <FieldMenu search={t('Name or address')} onSearch={setQuery} {...rest}>
      <MenuChoice
        value={value ?? ''}
        options={query.trim() === '' ? [nobody, ...options] : options}
        onChange={(chosen) => onChange(chosen === '' ? null : chosen)}
      />
    </FieldMenu>
  );
}
