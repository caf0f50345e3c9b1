import { errorOf } from '../api/send.ts';
import { failureOf } from '../api/problems.ts';
import type { Desk } from '../desk/desk.ts';
import { useWhoChanged } from '../desk/who-changed.ts';
import { typedIn } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import { type Part, wordDiff } from '../store/lines.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import './texts.css';

/** Returns the two texts of an edit conflict and their common base; undefined if the refusal has another reason. */
export function conflictOf({ change, refusal }: Operation): { base: string; mine: string; theirs: string } | undefined {
  const problem = refusal?.problem;
  if (refusal?.code !== 'edit_conflict' || problem === undefined || change.kind !== 'edit') return undefined;
  const { fields } = problem as { fields?: Record<string, { base: unknown; theirs: unknown }> };
  const { base, theirs } = fields?.[change.field] ?? {};
  const textOf = (value: unknown) => (typeof value === 'string' ? value : t('none'));
  return { base: textOf(base), mine: textOf(change.value), theirs: textOf(theirs) };
}

function Marked({ parts, without }: { parts: readonly Part[]; without: Part['kind'] }) {
  return parts
    .filter(({ kind }) => kind !== without)
    .map(({ kind, text }, index) => {
      if (kind === 'removed') return <del key={index}>{text}</del>;
      return kind === 'added' ? <ins key={index}>{text}</ins> : <span key={index}>{text}</span>;
    });
}

interface ConflictProps {
  desk: Desk;
  operation: Operation;
  field: string;
  /** Returns the name of a value of the field: priorities and dates have names. */
  named?: ((value: string) => string) | undefined;
  /** Opens both texts for editing together; undefined if the field is no text. */
  onBoth?: (() => void) | undefined;
}

/** An edit conflict: the old value, both new ones, and the choice between them. */
export function Conflict({ desk, operation, field, named = (value) => value, onBoth }: ConflictProps) {
  const { ticket_id, base_version } = operation;
  const who = useWhoChanged(desk, ticket_id, [field], base_version);
  const conflict = conflictOf(operation);
  if (conflict === undefined) return null;
  const [base, mine, theirs] = [conflict.base, conflict.mine, conflict.theirs].map(named) as [string, string, string];
  const [to_mine, to_theirs] = [wordDiff(base, mine), wordDiff(base, theirs)];
  return (
    <section className="conflict" role="alert" aria-label={t('Conflict')}>
      <p className="conflict-head">
        <Icon name="warning" />
        {who === undefined ? (
          t('Somebody else changed this while you edited it. Nothing of yours is lost.')
        ) : (
          <span>
            {t('{name} changed this while you edited it. Nothing of yours is lost.', { name: who.actor_name })}{' '}
            <Time at={who.created_at} />
          </span>
        )}
      </p>
      <dl className="conflict-texts">
        <dt>{t('It was')}</dt>
        <dd>{base === '' ? t('empty') : base}</dd>
        <dt>{t('Yours')}</dt>
        <dd>
          <Marked parts={to_mine} without="removed" />
        </dd>
        <dt>{t('Theirs')}</dt>
        <dd>
          <Marked parts={to_theirs} without="removed" />
        </dd>
      </dl>
      <div className="form-end">
        <Button onClick={() => desk.operations.dismiss(operation)}>{t('Keep theirs')}</Button>
        <Button onClick={() => desk.operations.again(operation)}>{t('Use mine')}</Button>
        {onBoth !== undefined && (
          <Button kind="primary" onClick={onBoth}>
            {t('Edit both')}
          </Button>
        )}
      </div>
    </section>
  );
}

/** A change that was refused for another reason: the reason, and what was to be changed. */
export function Refused({
  desk,
  operation,
  children,
}: {
  desk: Desk;
  operation: Operation;
  children?: React.ReactNode;
}) {
  const { refusal } = operation;
  if (refusal === undefined) return null;
  const is_unsure = refusal.code === 'perhaps_done';
  const { title, detail } = is_unsure
    ? { title: t('Perhaps it was sent already'), detail: t('It was sent more than a day ago, and no response came.') }
    : failureOf(errorOf(refusal));
  const may_repeat = refusal.code !== 'not_found';
  const { change } = operation;
  // The story shows the comment itself.
  const typed = change.kind === 'comment' ? undefined : typedIn(change);
  return (
    <div className="notice notice-danger refused" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <strong>{title}.</strong> {detail}
        </p>
        {typed !== undefined && <blockquote className="refused-text">{typed}</blockquote>}
        {children}
        <div className="form-end">
          {may_repeat && (
            <Button onClick={() => desk.operations.again(operation)}>
              {refusal.code === 'forbidden' ? t('Try again') : t('Send again')}
            </Button>
          )}
          {typed !== undefined && <CopyButton of={t('what you typed')} text={typed} kind="quiet" />}
          <Button kind="quiet" onClick={() => desk.operations.dismiss(operation)}>
            {t('Discard')}
          </Button>
        </div>
      </div>
    </div>
  );
}
