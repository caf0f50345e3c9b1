import { useQuery } from '@tanstack/react-query';
import type { Priority as PriorityWord } from 'baton-sdk';
import { personQuery } from '../api/people.ts';
import { session } from '../api/session.ts';
import { projectsQuery } from '../api/workspaces.ts';
import { AssigneeMenu } from '../fields/assignee-menu.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, MenuChoice, type Option } from '../ui/menu.tsx';
import { Priority, priorities, priorityName } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';

/** A menu with more options than this has a search field. */
const many = 8;

interface ChoiceProps<Value extends string> {
  /** The name of the choice, such as "Priority". */
  of: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}

/** The button that shows the current choice. */
const buttonOf = (of: string, label: string, drawn: React.ReactNode) => (
  <button type="button" className="button button-plain choice" aria-label={`${of}: ${label}`}>
    {drawn}
    <Icon name="chevron" />
  </button>
);

/** A button that shows the current choice and opens a menu to change it. */
function Choice<Value extends string>({ of, value, options, onChange }: ChoiceProps<Value>) {
  const { label = value, drawn = label } = options.find((option) => option.value === value) ?? {};
  return (
    <Menu trigger={buttonOf(of, label, drawn)} search={options.length > many ? of : undefined}>
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

/** Chooses the assignee: nobody, the person themselves, or another member. */
export function AssigneeChoice({ workspace, value, onChange }: Chosen<string | null> & { workspace: string }) {
  const who = useCell(session);
  const desk = { workspace_id: workspace, account: 'user' in who ? who.user.id : '' };
  const { data } = useQuery({ ...personQuery(workspace, value ?? ''), enabled: value !== null });
  const name = value === null ? t('Nobody') : (data?.name ?? '…');
  const drawn = (
    <>
      {value === null ? <Icon name="person" /> : <Avatar id={value} name={name} />} {name}
    </>
  );
  const trigger = buttonOf(t('Assignee'), name, drawn);
  return <AssigneeMenu {...{ desk, value, onChange }} where={{ trigger }} />;
}
