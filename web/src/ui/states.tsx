import { useState } from 'react';
import { answering } from '../api/answering.ts';
import { failureOf } from '../api/problems.ts';
import { tryNow } from '../api/retrying.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { t } from './text.ts';
import { Title } from './title.tsx';
import { useCell } from './use-cell.ts';
import './marks.css';

/** Shown where there is nothing: says why, and what to do next. */
export function Empty({ title, says, children }: { title: string; says: string; children?: React.ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      <p>{says}</p>
      {children}
    </div>
  );
}

/** Placeholder bars for content that is loading. They appear after 200 ms, so that fast responses don't flicker. */
export function Skeleton({ rows = 6, label }: { rows?: number; label: string }) {
  const { state } = useCell(answering);
  return (
    <div className="skeleton" role="status">
      <span className="hidden">{label}</span>
      {state === 'slow' && <Slow />}
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="skeleton-row" />
      ))}
    </div>
  );
}

/** Says why loading takes so long, and what can be done. */
const Slow = () => (
  <p className="skeleton-slow">
    {t('The server is slower than usual.')} <Button onClick={tryNow}>{t('Try now')}</Button>
  </p>
);

interface FailedProps {
  /** What failed, and what stayed as it was: "The tickets could not be loaded." */
  what: string;
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** Whether it stands for the whole page, so that it must have the page's heading. */
  is_page?: boolean;
}

/** Shown in place of a part of the page that failed. The rest of the page keeps working. */
export function Failed({ what, error, onRetry, is_page = false }: FailedProps) {
  const { title, detail, request_id } = failureOf(error);
  return (
    <div className="state state-failed" role="alert">
      <Icon name="warning" />
      {is_page ? <Title>{what}</Title> : <h2>{what}</h2>}
      <p>
        {title}. {detail}
      </p>
      {onRetry !== undefined && <Button onClick={onRetry}>{t('Try again')}</Button>}
      {request_id !== undefined && <RequestId id={request_id} />}
    </div>
  );
}

/** The request's id in the server’s log, to be copied into a report. */
function RequestId({ id }: { id: string }) {
  const [copied, setCopied] = useState(false);
  // Without a secure context, there is no clipboard, but the text can be selected.
  const copy = () => navigator.clipboard?.writeText(id).then(() => setCopied(true));
  return (
    <p className="request-id">
      {t('Request')} <code>{id}</code>
      <Button kind="quiet" icon={copied ? 'check' : 'copy'} onClick={() => void copy()}>
        {copied ? t('Copied') : t('Copy')}
      </Button>
    </p>
  );
}
