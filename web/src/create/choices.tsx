import { useQuery } from '@tanstack/react-query';
import type { Priority as PriorityWord } from 'baton-sdk';
import { session } from '../api/session.ts';
import { membersQuery, projectsQuery } from '../api/workspaces.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuChoice, type Option } from '../ui/menu.tsx';
import { Priority, priorities, priorityName } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';

/** More than these are found by typing. */
const many = 8;

interface ChoiceProps<Value extends string> {
  /** What is chosen: "Priority". */
  of: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

/** A button that says what is chosen, and opens a menu to choose something else. */
function Choice<Value extends string>({ of, value, options, onChange }: ChoiceProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  const trigger = (
    <button type="button" className="button button-plain choice" aria-label={`${of}: ${chosen?.label ?? value}`}>
      {chosen?.drawn ?? chosen?.label ?? value}
      <Icon name="chevron" />
    </button>
  );
  return (
    <Menu trigger={trigger} search={options.length > many ? of : undefined}>
      <MenuChoice label={of} value={value} options={options} onChange={onChange} />
    </Menu>
  );
}

type Chosen<Value> = { value: Value; onChange: (value: Value) => void };

export function ProjectChoice({ workspace, ...chosen }: Chosen<string> & { workspace: string }) {
  const { data = [] } = useQuery(projectsQuery(workspace));
  const options = data.map(({ key, name }) => ({ value: key, label: `${key} ${name}`, drawn: name }));
  return <Choice of={t('Project')} options={options} {...chosen} />;
}

export function PriorityChoice(chosen: Chosen<PriorityWord>) {
  const options = priorities.map((value) => ({
    value,
    label: priorityName(value),
    drawn: <Priority value={value} word />,
  }));
  return <Choice of={t('Priority')} options={options} {...chosen} />;
}

/** Who it is assigned to: nobody, who is signed in, or another member. */
export function AssigneeChoice({ workspace, value, onChange }: Chosen<string | null> & { workspace: string }) {
  const { data = [] } = useQuery(membersQuery(workspace));
  const who = useCell(session);
  const own = 'user' in who ? who.user.id : '';
  const members = [...data.filter(({ user_id }) => user_id === own), ...data.filter(({ user_id }) => user_id !== own)];
  const nobody = {
    value: '',
    label: t('Nobody'),
    drawn: (
      <>
        <Icon name="person" /> {t('Nobody')}
      </>
    ),
  };
  const options = members.map(({ user_id, name }) => ({
    value: user_id,
    label: name,
    drawn: (
      <>
        <Avatar id={user_id} name={name} /> {name}
      </>
    ),
  }));
  const choose = (chosen: string) => onChange(chosen === '' ? null : chosen);
  return <Choice of={t('Assignee')} value={value ?? ''} options={[nobody, ...options]} onChange={choose} />;
}
