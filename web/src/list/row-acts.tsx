import type { Workflow } from 'baton-sdk';
import { useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { assign, copyLink, edit, label, move, remove } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { type PossibleStep, stepsFrom } from '../desk/steps.ts';
import { useRole, useWorkflowOf } from '../desk/use-desk.ts';
import { useMay } from '../desk/use-may.ts';
import { AssigneeMenu } from '../fields/assignee-menu.tsx';
import { DueMenu } from '../fields/due-menu.tsx';
import { LabelsMenu } from '../fields/labels-menu.tsx';
import { PriorityMenu } from '../fields/priority-menu.tsx';
import { StatusMenu } from '../fields/status-menu.tsx';
import type { KnownTicket } from '../store/changes.ts';
import { toast } from '../ui/toast.tsx';
import { t } from '../ui/text.ts';
import { SelectionBar } from './selection-bar.tsx';
import type { Selection } from './use-selection.ts';

export type Kind = 'status' | 'assign' | 'priority' | 'labels' | 'due';

interface Opened {
  kind: Kind;
  ids: readonly string[];
  anchor: HTMLElement;
}

const focusedRow = () => document.activeElement?.closest<HTMLElement>('[data-list] [data-id]') ?? undefined;

/** What can be done with the selected tickets, or with the one that has the focus: by keys, and by the bar below. */
export function RowActs({ desk, selection }: { desk: Desk; selection: Selection }) {
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const { may, why } = useMay(desk, 'update_ticket');
  const { selected } = selection;
  const chosen = () => (selected.size > 0 ? [...selected] : [focusedRow()?.dataset['id'] ?? '']);
  const tickets = (ids: readonly string[]) => ids.flatMap((id) => desk.tickets.shown(id) ?? []);

  const open = (kind: Kind, anchor: HTMLElement | undefined) => {
    const ids = tickets(chosen()).map(({ id }) => id);
    if (!may) toast({ kind: 'error', text: why });
    else if (ids.length > 0 && anchor !== undefined) setOpened({ kind, ids, anchor });
  };
  const beside = () =>
    focusedRow()?.querySelector<HTMLElement>('a') ?? document.querySelector<HTMLElement>('.selection') ?? undefined;
  const has_target = () => selected.size > 0 || focusedRow() !== undefined;
  useCommands(
    {
      status: () => open('status', beside()),
      assign: () => open('assign', beside()),
      priority: () => open('priority', beside()),
      labels: () => open('labels', beside()),
      due: () => open('due', beside()),
      assign_me: () => {
        if (!may) toast({ kind: 'error', text: why });
        else for (const ticket of tickets(chosen())) assign(desk, ticket, desk.account);
      },
      copy_link: () => {
        const [ticket] = tickets(chosen());
        if (ticket !== undefined) copyLink(desk, ticket);
      },
    },
    has_target,
  );
  return (
    <>
      {opened !== undefined && (
        <ActMenu
          desk={desk}
          kind={opened.kind}
          tickets={tickets(opened.ids)}
          where={{ anchor: opened.anchor, onClose: () => setOpened(undefined) }}
        />
      )}
      {selected.size > 0 && (
        <SelectionBar
          count={selected.size}
          why={may ? undefined : why}
          onOpen={open}
          onClear={selection.clear}
          onDelete={() => {
            for (const ticket of tickets([...selected])) remove(desk, ticket);
          }}
        />
      )}
    </>
  );
}

interface ActMenuProps {
  desk: Desk;
  kind: Kind;
  tickets: readonly KnownTicket[];
  where: { anchor: HTMLElement; onClose: () => void };
}

/** The steps that all of them may take. Of several, only those that need nothing more. */
function commonSteps(tickets: readonly KnownTicket[], workflow: Workflow | undefined): PossibleStep[] {
  const [first = [], ...others] = tickets.map((ticket) => stepsFrom(workflow, ticket));
  if (others.length === 0) return first;
  const isFree = (steps: readonly PossibleStep[], to: string) =>
    steps.some((step) => step.to === to && step.missing.length === 0);
  return [first, ...others].reduce((kept, steps) => kept.filter(({ to }) => isFree(steps, to)), first);
}

function ActMenu({ desk, kind, tickets, where }: ActMenuProps) {
  const role = useRole(desk);
  const [first] = tickets;
  const workflow = useWorkflowOf(desk, first);
  if (first === undefined) return null;
  const each = (act: (ticket: KnownTicket) => void) => {
    for (const { id } of tickets) {
      const now = desk.tickets.shown(id);
      if (now !== undefined) act(now);
    }
  };
  switch (kind) {
    case 'status': {
      const is_one_workflow = tickets.every(({ project_id }) => project_id === first.project_id);
      const steps = is_one_workflow ? commonSteps(tickets, workflow) : [];
      return (
        <StatusMenu
          where={where}
          steps={steps}
          none={tickets.length === 1 ? undefined : t('There is no step that all of them may take.')}
          onStep={(step) => each((ticket) => move(desk, ticket, step, { role, workflow }))}
        />
      );
    }
    case 'assign':
      return (
        <AssigneeMenu
          desk={desk}
          where={where}
          value={first.assignee_id}
          onChange={(id) => each((ticket) => assign(desk, ticket, id))}
        />
      );
    case 'priority':
      return (
        <PriorityMenu
          where={where}
          value={first.priority}
          onChange={(value) => each((ticket) => edit(desk, ticket, { field: 'priority', value }))}
        />
      );
    case 'labels':
      return (
        <LabelsMenu
          desk={desk}
          where={where}
          value={first.labels.filter((one) => tickets.every(({ labels }) => labels.includes(one)))}
          onAdd={(one) => each((ticket) => label(desk, ticket, { add: [one] }))}
          onRemove={(one) => each((ticket) => label(desk, ticket, { remove: [one] }))}
        />
      );
    case 'due':
      return (
        <DueMenu
          where={where}
          value={first.due_on}
          onChange={(value) => each((ticket) => edit(desk, ticket, { field: 'due_on', value }))}
        />
      );
  }
}
