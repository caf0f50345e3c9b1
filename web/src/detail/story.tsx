import { useEffect, useSyncExternalStore } from 'react';
import type { Desk } from '../desk/desk.ts';
import { putBack } from '../desk/put-back.ts';
import { useOperations, usePerson, useWorkflowOf } from '../desk/use-desk.ts';
import type { KnownTicket } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import { ActLine } from './act-line.tsx';
import { CommentBox } from './comment-box.tsx';
import { CommentCard } from './comment-card.tsx';
import { Refused } from './conflict.tsx';
import { Prose } from './prose.tsx';
import './story.css';

interface StoryProps {
  desk: Desk;
  ticket: KnownTicket;
  /** Whether the person may comment here; `why` is the reason if not. */
  may: { may: boolean; why: string };
}

/** The activity and comments of a ticket, and a box for a new comment. */
export function Story({ desk, ticket, may }: StoryProps) {
  const story = desk.timeline(ticket.id);
  const { moments, loading, error, has_older } = useSyncExternalStore(story.subscribe, story.state);
  const workflow = useWorkflowOf(desk, ticket);
  useEffect(() => void story.open(), [story]);
  const comments = useOperations(desk, ticket.id).filter(({ change }) => change.kind === 'comment');
  const retry = () => void story.open();
  return (
    <section className="story" aria-label={t('Activity')}>
      <div className="part-head">
        <h2>{t('Activity')}</h2>
      </div>
      {loading === 'first' && <Skeleton rows={3} label={t('Loading the activity…')} />}
      {error !== undefined && ticket.deleted_at === null && (
        <Failed what={t('The activity could not be loaded.')} error={error} onRetry={retry} />
      )}
      {has_older && (
        <Button kind="quiet" busy={loading === 'older'} onClick={() => void story.older()}>
          {loading === 'older' ? t('Loading…') : t('Show older activity')}
        </Button>
      )}
      <ol className="moments">
        {moments.map((moment) =>
          moment.kind === 'act' ? (
            <ActLine key={moment.id} entry={moment.entry} workflow={workflow} />
          ) : (
            <CommentCard key={moment.id} desk={desk} comment={moment.comment} {...may} />
          ),
        )}
        {comments.map((operation) => (
          <Waiting key={operation.id} desk={desk} operation={operation} />
        ))}
      </ol>
      <CommentBox desk={desk} ticket={ticket} may={may} />
    </section>
  );
}

/** A comment that the server doesn’t have yet. It is pale until then, and stays if the server refuses it. */
function Waiting({ desk, operation }: { desk: Desk; operation: Operation }) {
  const { change, refusal, ticket_id, made_at } = operation;
  const own = usePerson(desk, desk.account);
  if (change.kind !== 'comment') return null;
  const back = () => {
    putBack(desk, { ticket_id, field: 'comment' }, change.body);
    desk.operations.dismiss(operation);
  };
  return (
    <li className={refusal === undefined ? 'comment comment-waiting' : 'comment'}>
      <header className="comment-head">
        <Avatar id={desk.account} name={own?.name ?? ' '} />
        <strong>{own?.name ?? t('You')}</strong>
        <span className="faint">
          {refusal === undefined ? t('Sending…') : t('Not sent')} · <Time at={new Date(made_at).toISOString()} />
        </span>
      </header>
      <Prose desk={desk} text={change.body} />
      {refusal !== undefined && (
        <Refused desk={desk} operation={operation}>
          <Button kind="quiet" onClick={back}>
            {t('Put it back into the box')}
          </Button>
        </Refused>
      )}
    </li>
  );
}
