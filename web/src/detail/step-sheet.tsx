import { useId, useRef, useState } from 'react';
import { stepping, take } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { useDraft } from '../desk/use-draft.ts';
import type { PossibleStep } from '../desk/steps.ts';
import { usePerson, useRole, useWorkflowOf } from '../desk/use-desk.ts';
import { AssigneeMenu } from '../fields/assignee-menu.tsx';
import type { KnownTicket } from '../store/changes.ts';
import type { Placed } from '../store/ranks.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';

const wordsOf = (key: string) => {
  const words = key.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
};

interface SheetProps {
  desk: Desk;
  ticket: KnownTicket;
  /** The other tickets that take the step in the same act. */
  others: readonly string[];
  step: PossibleStep;
  placed?: Placed | undefined;
}

/** Asks for the fields that a step requires. */
export default function StepSheet({ desk, ticket, others, step, placed }: SheetProps) {
  const id = useId();
  const role = useRole(desk);
  const workflow = useWorkflowOf(desk, ticket);
  const [resolution, setResolution] = useState('');
  const [assignee_id, setAssignee] = useState<string | null>(others.length > 0 ? null : ticket.assignee_id);
  const { draft, type, sent } = useDraft(desk, ticket.id, 'step');
  const comment = draft?.text ?? '';
  const [is_checked, setChecked] = useState(false);
  const assignee = usePerson(desk, assignee_id);
  const count = others.length + 1;
  const title =
    count === 1
      ? t('{key} to {name}', { key: ticket.key, name: step.name })
      : t('{count} tickets to {name}', { count, name: step.name });
  const needs = (field: string) => step.missing.includes(field);
  const faults = {
    resolution: needs('resolution') && resolution === '' ? t('Choose a resolution.') : undefined,
    assignee: needs('assignee_id') && assignee_id === null ? t('Choose somebody.') : undefined,
    comment: needs('comment') && comment.trim() === '' ? t('Say why.') : undefined,
  };
  const shown = is_checked ? faults : { resolution: undefined, assignee: undefined, comment: undefined };
  const form = useRef<HTMLFormElement>(null);
  const close = () => stepping.set(undefined);
  const send = () => {
    setChecked(true);
    const first = (Object.keys(faults) as (keyof typeof faults)[]).find((field) => faults[field] !== undefined);
    if (first !== undefined) {
      document.getElementById(`${id}-${first}`)?.focus();
      return;
    }
    close();
    const fields = {
      ...(needs('resolution') && { resolution }),
      ...(needs('assignee_id') && { assignee_id }),
      ...(comment.trim() !== '' && { comment }),
    };
    const tickets = [ticket, ...others.flatMap((other) => desk.tickets.shown(other) ?? [])];
    sent(take(desk, tickets, { to: step.to, placed, ...fields }, { role, workflow }));
  };
  const fault = (text: string | undefined) =>
    text !== undefined && (
      <p className="field-fault">
        <Icon name="warning" /> {text}
      </p>
    );
  return (
    <Dialog
      open
      title={title}
      description={
        count === 1 ? t('This step needs more.') : t('This step needs more. It is asked once for all of them.')
      }
      onClose={close}
      first={() => form.current?.querySelector<HTMLElement>('select, .choice, textarea')}
    >
      <form
        ref={form}
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        {needs('resolution') && (
          <div className="field">
            <label htmlFor={`${id}-resolution`}>{t('Resolution')}</label>
            <select
              id={`${id}-resolution`}
              className="input"
              value={resolution}
              aria-invalid={shown.resolution !== undefined}
              onChange={(event) => setResolution(event.currentTarget.value)}
            >
              <option value="">{t('Choose…')}</option>
              {workflow?.resolutions?.map((key) => (
                <option key={key} value={key}>
                  {wordsOf(key)}
                </option>
              ))}
            </select>
            {fault(shown.resolution)}
          </div>
        )}
        {needs('assignee_id') && (
          <div className="field">
            <span className="field-name">{t('Assignee')}</span>
            <AssigneeMenu
              desk={desk}
              where={{
                trigger: (
                  <button
                    id={`${id}-assignee`}
                    type="button"
                    className="button button-plain choice"
                    aria-label={t('Assignee: {name}', { name: assignee?.name ?? t('Nobody') })}
                  >
                    {assignee === undefined ? (
                      <Icon name="person" />
                    ) : (
                      <Avatar id={assignee.user_id} name={assignee.name} />
                    )}
                    {assignee?.name ?? t('Nobody')}
                    <Icon name="chevron" />
                  </button>
                ),
              }}
              value={assignee_id}
              onChange={setAssignee}
            />
            {fault(shown.assignee)}
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}-comment`}>{needs('comment') ? t('Comment') : t('Comment (optional)')}</label>
          <textarea
            id={`${id}-comment`}
            className="input"
            value={comment}
            aria-invalid={shown.comment !== undefined}
            onChange={(event) => type(event.currentTarget.value, ticket.version)}
          />
          {fault(shown.comment)}
        </div>
        <div className="form-end">
          <Button kind="primary" type="submit">
            {t('Move to {name}', { name: step.name })}
          </Button>
          <Button onClick={close}>{t('Close')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
