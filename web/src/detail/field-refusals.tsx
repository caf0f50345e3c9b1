import type { Desk } from '../desk/desk.ts';
import { move, stepping } from '../desk/acts.ts';
import { statusOf, stepsFrom } from '../desk/steps.ts';
import { putBack } from '../desk/put-back.ts';
import { useOperations, useRole, useWorkflowOf } from '../desk/use-desk.ts';
import { useWhoChanged } from '../desk/who-changed.ts';
import { shortDay } from '../ui/dates.ts';
import { type KnownTicket, typedIn } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { priorities, priorityName, StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import { Conflict, conflictOf, Refused } from './conflict.tsx';

interface Props {
  desk: Desk;
  ticket: KnownTicket;
}

/** The refused changes of the fields, each with its reason and what can be done now. */
export function FieldRefusals({ desk, ticket }: Props) {
  const refused = useOperations(desk, ticket.id).filter(({ refusal }) => refusal !== undefined);
  return refused.map((operation) => {
    const { id, change } = operation;
    if (change.kind === 'transition') return <StepRefused key={id} {...{ desk, ticket, operation }} />;
    if (change.kind === 'comment') return null;
    if (change.kind !== 'edit') return <Refused key={id} desk={desk} operation={operation} />;
    if (change.field === 'title' || change.field === 'description') return null;
    const named = (value: string) => {
      const word = priorities.find((one) => one === value);
      if (word !== undefined && change.field === 'priority') return priorityName(word);
      return /^\d{4}-/.test(value) ? shortDay(value) : value;
    };
    return conflictOf(operation) === undefined ? (
      <Refused key={id} desk={desk} operation={operation} />
    ) : (
      <Conflict key={id} desk={desk} operation={operation} field={change.field} named={named} />
    );
  });
}

/** A refused transition of a ticket that has moved in the meantime: where it is, and the steps from there. */
function StepRefused({ desk, ticket, operation }: Props & { operation: Operation }) {
  const role = useRole(desk);
  const workflow = useWorkflowOf(desk, ticket);
  const who = useWhoChanged(desk, ticket.id, ['status'], operation.base_version);
  const { key } = ticket;
  const { name } = statusOf(workflow, ticket.status);
  const steps = stepsFrom(workflow, ticket);
  const comment = typedIn(operation.change);
  /** Drops the step. Its comment goes back to where it can be sent. */
  const dismiss = (field: 'comment' | 'step' = 'comment') => {
    if (comment !== undefined) putBack(desk, { ticket_id: ticket.id, field }, comment);
    desk.operations.dismiss(operation);
  };
  const code = operation.refusal?.code;
  if (code === 'fields_required') {
    const { change, refusal } = operation;
    const { missing = [] } = (refusal?.problem ?? {}) as { missing?: string[] };
    const step = steps.find(({ to }) => change.kind === 'transition' && to === change.to);
    const fillIn = () => {
      dismiss('step');
      if (step !== undefined) stepping.set({ ticket_id: ticket.id, step: { ...step, missing } });
    };
    return (
      <Refused desk={desk} operation={operation}>
        {step !== undefined && <Button onClick={fillIn}>{t('Fill in')}</Button>}
      </Refused>
    );
  }
  if (code !== 'transition_not_allowed' && code !== 'conflict') return <Refused desk={desk} operation={operation} />;
  return (
    <div className="notice notice-danger refused" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{t('{key} is {name} now.', { key, name })}</strong>{' '}
          {who !== undefined && (
            <>
              {who.actor_name}, <Time at={who.created_at} />
            </>
          )}{' '}
          {steps.length > 0 ? t('From there:') : t('No step leads on from there.')}
        </p>
        {comment !== undefined && (
          <>
            <blockquote className="refused-text">{comment}</blockquote>
            <p className="faint">{t('Whatever you choose, your comment goes back into the box for comments.')}</p>
          </>
        )}
        <div className="form-end">
          {steps.map((step) => (
            <Button
              key={step.to}
              onClick={() => {
                dismiss();
                move(desk, ticket, step, { role, workflow });
              }}
            >
              <StatusIcon category={step.category} /> {step.name}
            </Button>
          ))}
          <Button kind="quiet" onClick={() => dismiss()}>
            {t('Leave it')}
          </Button>
        </div>
      </div>
    </div>
  );
}
