import type { Workflow } from 'baton-sdk';
import { useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { assign, copyLink, edit, label, moveAll, remove } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { type PossibleStep, stepsFrom } from '../desk/steps.ts';
import { useRole, useWorkflowOf } from '../desk/use-desk.ts';
import { onceKnown, useMay } from '../desk/use-may.ts';
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

/** The actions on the selected tickets, or on the focused one: by keys, and by the bar below the list. */
export default function RowActs({ desk, selection }: { desk: Desk; selection: Selection }) {
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const { may, why } = onceKnown(useMay(desk, 'update_ticket'));
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
        else assign(desk, tickets(chosen()), desk.account);
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
          of={selection.of}
          onAll={selection.all}
          onDelete={() => remove(desk, tickets([...selected]))}
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

/** A step, and those of the tickets that may take it. */
interface SharedStep {
  step: PossibleStep;
  tickets: readonly KnownTicket[];
}

/** Returns the steps that at least one ticket may take, with all fields that any of them requires. */
function sharedSteps(tickets: readonly KnownTicket[], workflow: Workflow | undefined): SharedStep[] {
  const shared = new Map<string, SharedStep>();
  for (const ticket of tickets) {
    for (const step of stepsFrom(workflow, ticket)) {
      const known = shared.get(step.to);
      const missing = [...new Set([...(known?.step.missing ?? []), ...step.missing])];
      shared.set(step.to, { step: { ...step, missing }, tickets: [...(known?.tickets ?? []), ticket] });
    }
  }
  return [...shared.values()].toSorted((a, b) => b.tickets.length - a.tickets.length);
}

/** Returns a step's name, with the number of tickets that may take it if not all may. */
function nameOf({ step, tickets }: SharedStep, of: number): string {
  if (tickets.length === of) return step.name;
  return t('{name} ({count} of {of})', { name: step.name, count: tickets.length, of });
}

function ActMenu({ desk, kind, tickets, where }: ActMenuProps) {
  const role = useRole(desk);
  const [first] = tickets;
  const workflow = useWorkflowOf(desk, first);
  if (first === undefined) return null;
  // The tickets' current state when something is chosen.
  const now = (some = tickets) => some.flatMap(({ id }) => desk.tickets.shown(id) ?? []);
  switch (kind) {
    case 'status': {
      const is_one_workflow = tickets.every(({ project_id }) => project_id === first.project_id);
      const shared = is_one_workflow ? sharedSteps(tickets, workflow) : [];
      const take = (to: string) => {
        const chosen = shared.find(({ step }) => step.to === to);
        if (chosen !== undefined) moveAll(desk, now(chosen.tickets), chosen.step, { role, workflow });
      };
      return (
        <StatusMenu
          where={where}
          steps={shared.map((one) => ({ ...one.step, name: nameOf(one, tickets.length) }))}
          none={
            is_one_workflow
              ? undefined
              : t('The tickets are of several projects, whose steps may differ. Select tickets of one project.')
          }
          onStep={({ to }) => take(to)}
        />
      );
    }
    case 'assign':
      return (
        <AssigneeMenu desk={desk} where={where} value={first.assignee_id} onChange={(id) => assign(desk, now(), id)} />
      );
    case 'priority':
      return (
        <PriorityMenu
          where={where}
          value={first.priority}
          onChange={(value) => edit(desk, now(), { field: 'priority', value })}
        />
      );
    case 'labels':
      return (
        <LabelsMenu
          desk={desk}
          where={where}
          value={first.labels.filter((one) => tickets.every(({ labels }) => labels.includes(one)))}
          onAdd={(one) => label(desk, now(), { add: [one] })}
          onRemove={(one) => label(desk, now(), { remove: [one] })}
        />
      );
    case 'due':
      return (
        <DueMenu
          where={where}
          value={first.due_on}
          onChange={(value) => edit(desk, now(), { field: 'due_on', value })}
        />
      );
  }
}
