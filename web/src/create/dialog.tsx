import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { session } from '../api/session.ts';
import { createTicket } from '../api/tickets.ts';
import { projectsQuery } from '../api/workspaces.ts';
import { shownKeys } from '../commands/keys.ts';
import { OtherTabs } from '../desk/draft-note.tsx';
import { useDraft } from '../desk/use-draft.ts';
import { useMayCreate } from '../desk/use-may.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { overTitle } from '../ui/title-limit.ts';
import { toast } from '../ui/toast.tsx';
import { useCell } from '../ui/use-cell.ts';
import { useDropping } from '../ui/use-dropping.ts';
import { AssigneeChoice, PriorityChoice, ProjectChoice } from './choices.tsx';
import { creating, formOf, type NewTicket, textOf } from './creating.ts';
import './create.css';

/** Splits a line at commas into labels. */
const labelsOf = (line: string) =>
  line
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');

/** The form for a new ticket, which opens over any page and stays open until the server has created the ticket. */
export default function CreateTicket() {
  const opened = useCell(creating);
  return opened === undefined ? null : <Opened workspace={opened.workspace} project={opened.project} />;
}

/** The form's values, kept as a draft: closing the form or the page loses nothing. */
function useNewTicket(workspace_id: string) {
  const who = useCell(session);
  const account = 'user' in who ? who.user.id : '';
  const { draft, others, type, discard, exchange, drop } = useDraft({ account, workspace_id }, 'new', 'ticket');
  const typed = formOf(draft?.text);
  const change = (changed: Partial<NewTicket>) => {
    const text = textOf({ ...typed, ...changed });
    if (text === undefined) discard();
    else type(text, 0);
  };
  return { typed, change, sent: () => discard(draft?.text), others: { others, exchange, drop } };
}

type Typing = Pick<ReturnType<typeof useNewTicket>, 'typed' | 'change'>;

function Opened({ workspace, project: given }: { workspace: string; project: string | undefined }) {
  const { data = [] } = useQuery(projectsQuery(workspace));
  const [chosen, setChosen] = useState(given);
  const project = chosen ?? data[0]?.key ?? '';
  const { may, why } = useMayCreate({ workspace_id: workspace }, project);
  const title = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const { typed, change, sent, others } = useNewTicket(workspace);
  const close = () => creating.set(undefined);
  const [has_files, setHasFiles] = useState(false);
  useDropping(() => setHasFiles(true), { in_dialog: true });

  const create = async () => {
    const { labels, due_on, ...rest } = typed;
    const body = { ...rest, labels: labelsOf(labels), due_on: due_on === '' ? null : due_on };
    const { key } = await createTicket(workspace, project, body);
    sent();
    close();
    const open = () => void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace, ticket: key } });
    toast({ text: t('{key} created', { key }), action: { label: t('Open'), run: open } });
  };

  return (
    <Dialog open wide title={t('New ticket')} onClose={close} first={title}>
      <Form
        submit={t('Create ticket')}
        sending={t('Creating…')}
        onSubmit={create}
        beside={<Button onClick={close}>{t('Close')}</Button>}
      >
        {!may && (
          <p className="notice" role="status">
            {why} {t('What you typed is kept in this browser.')}
          </p>
        )}
        {has_files && (
          <p className="notice" role="status">
            {t('Files can be added once the ticket is created.')}
          </p>
        )}
        <Texts title={title} typed={typed} change={change} />
        <div className="create-choices">
          <ProjectChoice workspace={workspace} value={project} onChange={setChosen} />
          <Choices workspace={workspace} typed={typed} change={change} />
        </div>
        <LabelsAndDue typed={typed} change={change} />
      </Form>
      <OtherTabs {...others} shown={summaryOf} />
    </Dialog>
  );
}

/** Summarizes another tab's draft, so that the person recognizes it. */
const summaryOf = (text: string) => {
  const { title, description } = formOf(text);
  return [title, description].filter((one) => one !== '').join('\n');
};

function Texts({ title, typed, change }: Typing & { title: React.RefObject<HTMLInputElement | null> }) {
  return (
    <>
      <TextField
        ref={title}
        label={t('Title')}
        name="title"
        autoComplete="off"
        hint={overTitle(typed.title)}
        value={typed.title}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <TextArea
        label={t('Description')}
        name="description"
        hint={t('Markdown. {keys} creates the ticket.', { keys: shownKeys('Mod+Enter') })}
        value={typed.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
    </>
  );
}

function Choices({ workspace, typed, change }: Typing & { workspace: string }) {
  const { priority, assignee_id } = typed;
  return (
    <>
      <PriorityChoice value={priority} onChange={(chosen) => change({ priority: chosen })} />
      <AssigneeChoice
        workspace={workspace}
        value={assignee_id}
        onChange={(chosen) => change({ assignee_id: chosen })}
      />
    </>
  );
}

function LabelsAndDue({ typed, change }: Typing) {
  const { labels, due_on } = typed;
  return (
    <div className="create-row">
      <TextField
        label={t('Labels')}
        name="labels"
        autoComplete="off"
        placeholder={t('Separated by commas')}
        value={labels}
        onChange={(event) => change({ labels: event.currentTarget.value })}
      />
      <TextField
        label={t('Due')}
        name="due_on"
        type="date"
        value={due_on}
        onChange={(event) => change({ due_on: event.currentTarget.value })}
      />
    </div>
  );
}
