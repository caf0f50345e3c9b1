import type { ActivityEntry, Workflow } from 'baton-sdk';
import { statusOf } from '../desk/steps.ts';
import { shortDay } from '../ui/dates.ts';
import { priorities, priorityName, StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Time } from '../ui/time.tsx';

interface ActLineProps {
  entry: ActivityEntry;
  workflow: Workflow | undefined;
}

type Values = Record<string, unknown>;

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  // The log stores a long text as its size, its hash and its beginning.
  return typeof value === 'object' && value !== null && 'start' in value ? `${String(value.start)}…` : undefined;
};

const setOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function Status({ workflow, status }: { workflow: Workflow | undefined; status: unknown }) {
  const { name, category } = statusOf(workflow, String(status));
  return (
    <span className="act-status">
      <StatusIcon category={category} /> {name}
    </span>
  );
}

const priorityOf = (value: unknown) => {
  const known = priorities.find((one) => one === value);
  return known === undefined ? String(value) : priorityName(known);
};

const dayOf = (value: unknown) => (typeof value === 'string' ? shortDay(value) : t('none'));

/** Describes what was edited, field by field. */
function editsOf(before: Values, after: Values): React.ReactNode[] {
  const edits: React.ReactNode[] = [];
  for (const field of Object.keys(after)) {
    if (field === 'title') {
      const [was, is] = [textOf(before['title']), textOf(after['title'])];
      edits.push(
        <span key={field} className="edit">
          {t('changed the title')}
          {was !== undefined && is !== undefined && (
            <>
              {' '}
              <del>{was}</del> → {is}
            </>
          )}
        </span>,
      );
    }
    if (field === 'description')
      edits.push(
        <span key={field} className="edit">
          {t('edited the description')}
        </span>,
      );
    if (field === 'priority') {
      const [from, to] = [priorityOf(before['priority']), priorityOf(after['priority'])];
      edits.push(
        <span key={field} className="edit">
          {t('changed the priority: {from} → {to}', { from, to })}
        </span>,
      );
    }
    if (field === 'due_on') {
      const [from, to] = [dayOf(before['due_on']), dayOf(after['due_on'])];
      edits.push(
        <span key={field} className="edit">
          {t('changed the due date: {from} → {to}', { from, to })}
        </span>,
      );
    }
    if (field === 'labels') {
      const [was, is] = [setOf(before['labels']), setOf(after['labels'])];
      const added = is.filter((one) => !was.includes(one)).join(', ');
      const removed = was.filter((one) => !is.includes(one)).join(', ');
      if (added !== '')
        edits.push(
          <span key="added" className="edit">
            {t('added the label {added}', { added })}
          </span>,
        );
      if (removed !== '')
        edits.push(
          <span key="removed" className="edit">
            {t('removed the label {removed}', { removed })}
          </span>,
        );
    }
  }
  return edits;
}

function assignment({ after, actor_id, assignees }: ActivityEntry): string {
  const id = after?.['assignee_id'];
  if (typeof id !== 'string') return t('assigned it to nobody');
  if (id === actor_id) return t('took it');
  return t('assigned it to {name}', { name: assignees.find(({ user_id }) => user_id === id)?.name ?? '…' });
}

function step(entry: ActivityEntry, workflow: Workflow | undefined): React.ReactNode {
  const { before, after } = entry;
  const resolution = textOf(after?.['resolution']);
  return (
    <>
      {t('moved')} <Status workflow={workflow} status={before?.['status']} /> →{' '}
      <Status workflow={workflow} status={after?.['status']} />
      {resolution !== undefined && <> ({resolution.replaceAll('_', ' ')})</>}
      {after !== null && 'assignee_id' in after && <>, {assignment(entry)}</>}
    </>
  );
}

/** Describes what happened to a file, whose name may have been purged. */
function filed(fields: Values | null, named: (name: string) => string, unnamed: string): string {
  const name = textOf(fields?.['name']);
  return name === undefined ? unnamed : named(name);
}

type Telling = (entry: ActivityEntry, workflow: Workflow | undefined) => React.ReactNode;

/** The sentence for each action. */
const tellings: Partial<Record<ActivityEntry['action'], Telling>> = {
  'ticket.created': () => t('created the ticket'),
  'ticket.transitioned': step,
  'ticket.remapped': (entry, workflow) => (
    <>
      {step(entry, workflow)} {t('as the workflow was replaced')}
    </>
  ),
  'ticket.updated': ({ before, after }) => {
    const edits = editsOf(before ?? {}, after ?? {});
    return edits.length === 0 ? t('edited a text that was deleted since') : edits;
  },
  'ticket.assignee_changed': assignment,
  'attachment.added': ({ after }) => filed(after, (name) => t('added the file {name}', { name }), t('added a file')),
  'attachment.removed': ({ before }) =>
    filed(before, (name) => t('removed the file {name}', { name }), t('removed a file')),
  'ticket.deleted': () => t('deleted the ticket'),
  'ticket.restored': () => t('restored the ticket'),
  'ticket.purged': () => t('deleted earlier texts permanently'),
};

/** One line of the ticket’s story: who did what, and when. */
export function ActLine({ entry, workflow }: ActLineProps) {
  return (
    <li className="act">
      <Avatar id={entry.actor_id} name={entry.actor_name} />
      <p>
        <strong>{entry.actor_name}</strong>{' '}
        <span className="act-words">{tellings[entry.action]?.(entry, workflow) ?? entry.action}</span>{' '}
        <span className="faint">
          <Time at={entry.created_at} />
        </span>
      </p>
    </li>
  );
}
