import { useRef, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { assign, edit, label, move } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { statusOf, stepsFrom } from '../desk/steps.ts';
import { usePerson, useRole, useWorkflowOf } from '../desk/use-desk.ts';
import type { May } from '../desk/use-may.ts';
import { AssigneeMenu } from '../fields/assignee-menu.tsx';
import { DueMenu } from '../fields/due-menu.tsx';
import { LabelsMenu } from '../fields/labels-menu.tsx';
import { PriorityMenu } from '../fields/priority-menu.tsx';
import { StatusMenu } from '../fields/status-menu.tsx';
import type { KnownTicket } from '../store/changes.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Priority, StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { DueDate } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { DueInput } from './due-input.tsx';

interface FieldsProps {
  desk: Desk;
  ticket: KnownTicket;
  may: May;
}

type Name = 'status' | 'assign' | 'priority' | 'labels' | 'due';

interface ValueProps extends React.ComponentProps<'button'> {
  /** The field’s name, which screen readers read before the value. */
  of: string;
  keys: string;
}

/** A field’s value, which is also the button that changes it. */
function Value({ of, keys, children, ...rest }: ValueProps) {
  return (
    <button type="button" className="value" aria-keyshortcuts={keys} title={`${of} (${keys})`} {...rest}>
      <span className="hidden">{t('{of}:', { of })} </span>
      {children}
      <Icon name="chevron" />
    </button>
  );
}

/** The ticket’s fields beside its text. Each value is the button that changes it. */
export function Fields({ desk, ticket, may }: FieldsProps) {
  const [opened, setOpened] = useState<Name | undefined>(undefined);
  const [asks_due, setAsksDue] = useState(false);
  const role = useRole(desk);
  const workflow = useWorkflowOf(desk, ticket);
  const assignee = usePerson(desk, ticket.assignee_id);
  const reporter = usePerson(desk, ticket.reporter_id);
  const status = statusOf(workflow, ticket.status);
  const due = useRef<HTMLButtonElement>(null);

  const guarded = (act: () => void) => () => (may.may ? act() : toast({ kind: 'error', text: may.why }));
  const at = (name: Name) => ({
    open: opened === name,
    onOpenChange: (is_open: boolean) => setOpened((now) => (is_open ? name : now === name ? undefined : now)),
  });
  useCommands({
    status: guarded(() => setOpened('status')),
    assign: guarded(() => setOpened('assign')),
    assign_me: guarded(() => assign(desk, ticket, desk.account)),
    priority: guarded(() => setOpened('priority')),
    labels: guarded(() => setOpened('labels')),
    due: guarded(() => setOpened('due')),
  });

  const nobody = (
    <>
      <Icon name="person" /> <span className="faint">{t('Nobody')}</span>
    </>
  );
  const person = (id: string, name: string | undefined) => (
    <>
      <Avatar id={id} name={name ?? ' '} /> <span className="value-text">{name ?? '…'}</span>
    </>
  );
  const drawn = {
    status: (
      <>
        <StatusIcon category={ticket.status_category} /> <span className="value-text">{status.name}</span>
        {ticket.resolution !== null && <span className="faint">{ticket.resolution.replaceAll('_', ' ')}</span>}
      </>
    ),
    assignee: ticket.assignee_id === null ? nobody : person(ticket.assignee_id, assignee?.name),
    priority: <Priority value={ticket.priority} word />,
    due:
      ticket.due_on === null ? (
        <span className="faint">{t('None')}</span>
      ) : (
        <DueDate due_on={ticket.due_on} is_done={ticket.status_category === 'done'} />
      ),
    labels:
      ticket.labels.length === 0 ? (
        <span className="faint">{t('None')}</span>
      ) : (
        <span className="value-labels">
          {ticket.labels.map((one) => (
            <span key={one} className="tag">
              {one}
              <span className="hidden">, </span>
            </span>
          ))}
        </span>
      ),
  };
  const still = (children: React.ReactNode) => <span className="value value-still">{children}</span>;
  return (
    <dl className="fields">
      <dt>{t('Status')}</dt>
      <dd>
        {may.may ? (
          <StatusMenu
            {...at('status')}
            where={{
              trigger: (
                <Value of={t('Status')} keys="s">
                  {drawn.status}
                </Value>
              ),
            }}
            steps={stepsFrom(workflow, ticket)}
            none={t('No step leads on from {name} for you.', { name: status.name })}
            onStep={(step) => move(desk, ticket, step, { role, workflow })}
          />
        ) : (
          still(drawn.status)
        )}
      </dd>
      <dt>{t('Assignee')}</dt>
      <dd>
        {may.may ? (
          <AssigneeMenu
            {...at('assign')}
            desk={desk}
            where={{
              trigger: (
                <Value of={t('Assignee')} keys="a">
                  {drawn.assignee}
                </Value>
              ),
            }}
            value={ticket.assignee_id}
            onChange={(id) => assign(desk, ticket, id)}
          />
        ) : (
          still(drawn.assignee)
        )}
      </dd>
      <dt>{t('Priority')}</dt>
      <dd>
        {may.may ? (
          <PriorityMenu
            {...at('priority')}
            where={{
              trigger: (
                <Value of={t('Priority')} keys="p">
                  {drawn.priority}
                </Value>
              ),
            }}
            value={ticket.priority}
            onChange={(value) => edit(desk, ticket, { field: 'priority', value })}
          />
        ) : (
          still(drawn.priority)
        )}
      </dd>
      <dt>{t('Due')}</dt>
      <dd>
        {asks_due && (
          <DueInput
            value={ticket.due_on}
            onChange={(value) => edit(desk, ticket, { field: 'due_on', value })}
            onClose={() => {
              setAsksDue(false);
              requestAnimationFrame(() => due.current?.focus());
            }}
          />
        )}
        {!asks_due && may.may && (
          <DueMenu
            {...at('due')}
            where={{
              trigger: (
                <Value ref={due} of={t('Due')} keys="d">
                  {drawn.due}
                </Value>
              ),
            }}
            value={ticket.due_on}
            onChange={(value) => edit(desk, ticket, { field: 'due_on', value })}
            onOther={() => setAsksDue(true)}
          />
        )}
        {!may.may && still(drawn.due)}
      </dd>
      <dt>{t('Reporter')}</dt>
      <dd>{still(person(ticket.reporter_id, reporter?.name))}</dd>
      <dt className="fields-wide-name">{t('Labels')}</dt>
      <dd className="fields-wide">
        {may.may ? (
          <LabelsMenu
            {...at('labels')}
            desk={desk}
            where={{
              trigger: (
                <Value of={t('Labels')} keys="l">
                  {drawn.labels}
                </Value>
              ),
            }}
            value={ticket.labels}
            onAdd={(one) => label(desk, ticket, { add: [one] })}
            onRemove={(one) => label(desk, ticket, { remove: [one] })}
          />
        ) : (
          still(drawn.labels)
        )}
      </dd>
    </dl>
  );
}
