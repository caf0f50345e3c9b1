import type { AuditEntry } from 'baton-sdk';
import { useState } from 'react';
import { loadExport, loadProof } from '../api/audit.ts';
import { isCode } from '../api/problems.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Failed } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { canHash } from './proof/bytes.ts';
import { type Fault, proveEntry, type Proven } from './proof/entry.ts';
import { useLog } from './use-log.ts';
import type { LogView } from './watch.ts';
import './proof.css';

type Result =
  | { state: 'none' | 'asking' | 'not_signed' | 'unreadable' }
  | { state: 'failed'; error: unknown }
  | { state: 'proven'; proven: Proven; view: LogView | undefined };

/** Verifies one entry in this browser. */
export function Proof({ workspace, entry }: { workspace: string; entry: AuditEntry }) {
  const [result, setResult] = useState<Result>({ state: 'none' });
  const { take } = useLog(workspace);
  const { sequence } = entry;
  const prove = async () => {
    if (sequence === null) return setResult({ state: 'not_signed' });
    setResult({ state: 'asking' });
    try {
      const [proof, exported] = await Promise.all([
        loadProof(workspace, sequence),
        loadExport(workspace, { after: sequence - 1, limit: 1 }),
      ]);
      const proven = await proveEntry(entry, { workspace_id: workspace, proof, exported });
      if (proven === undefined) return setResult({ state: 'unreadable' });
      const log = await take(proven.checkpoint.note);
      setResult({ state: 'proven', proven, view: log.state === 'viewed' ? log.view : undefined });
    } catch (error) {
      setResult(isCode(error, 'not_found') ? { state: 'not_signed' } : { state: 'failed', error });
    }
  };
  if (!canHash()) return null;
  const { state } = result;
  return (
    <section className="proof" aria-label={t('Proof')}>
      <Button icon="audit" busy={state === 'asking'} onClick={() => void prove()}>
        {state === 'asking' ? t('Verifying…') : state === 'none' ? t('Verify this entry') : t('Verify it again')}
      </Button>
      <div aria-live="polite">
        {state === 'not_signed' && (
          <p>
            {t(
              'The last signed checkpoint is older than this entry. The server signs one when it is asked for, mostly at most once a minute: try again in a moment.',
            )}
          </p>
        )}
        {state === 'unreadable' && <Line good={false}>{faults.unreadable()}</Line>}
        {result.state === 'failed' && (
          <Failed what={t('The entry could not be verified')} error={result.error} onRetry={() => void prove()} />
        )}
        {result.state === 'proven' && <Verified entry={entry} proven={result.proven} view={result.view} />}
      </div>
    </section>
  );
}

const faults: Record<Fault, () => string> = {
  unreadable: () => t('The server did not send a valid proof.'),
  differs: () =>
    t('The log says something else than what is shown here. What was shown may have been changed in the database.'),
  payload_differs: () => t('The values before and after are not those that were hashed when it happened.'),
  not_included: () => t('The entry is not in the log that was signed.'),
};

function Line({ good, children }: { good: boolean | undefined; children: React.ReactNode }) {
  const kind = good === undefined ? '' : good ? 'log-good' : 'log-bad';
  return (
    <p className={`proof-line ${kind}`}>
      <Icon name={good === true ? 'check' : 'warning'} /> <span>{children}</span>
    </p>
  );
}

interface VerifiedProps {
  entry: AuditEntry;
  proven: Proven;
  view: LogView | undefined;
}

/** Shows what was verified, step by step, and what was not. */
function Verified({ entry, proven: { checkpoint, fault, is_erased }, view }: VerifiedProps) {
  const number = entry.sequence ?? 0;
  const { size, origin } = checkpoint;
  if (fault !== undefined) {
    return (
      <div className="notice notice-danger" role="alert">
        <Icon name="warning" />
        <p>
          <strong>{t('Entry {number} could not be verified.', { number })}</strong> {faults[fault]()}{' '}
          {t('Download the log, keep it, and ask the people who run the server.')}
        </p>
      </div>
    );
  }
  const history = view?.history;
  return (
    <div className="proof-steps">
      <p>
        <strong>{t('Verified: entry {number} of {size} is in the log {origin}.', { number, size, origin })}</strong>
      </p>
      <Line good={is_erased ? undefined : true}>
        {is_erased
          ? t(
              'Who did what, to what and when is what was hashed. The values before and after were erased, and can’t be verified any more.',
            )
          : t('What is shown here is what was hashed when it happened.')}
      </Line>
      <Line good>{t('Its hash leads to the root of all {size} entries.', { size })}</Line>
      <Line good={view?.signed === 'good' ? true : view?.signed === 'bad' ? false : undefined}>
        {view?.signed === 'good' && t('The root is signed by the log’s key {id}.', { id: view.key?.id ?? '' })}
        {view?.signed === 'bad' && t('The root is not signed by the log’s key.')}
        {view?.signed === 'unsupported' && t('The signature was not checked: this browser doesn’t support Ed25519.')}
        {view?.signed === undefined && t('The signature was not checked: this browser doesn’t have the log’s key.')}
      </Line>
      <Line good={history === 'kept' ? true : history === 'first' || history === undefined ? undefined : false}>
        {history === 'kept' && t('The log has everything that this browser saw of it before.')}
        {(history === 'first' || history === undefined) && t('This browser saw nothing of the log before.')}
        {history === 'unproven' &&
          t('The server did not send what is needed to compare the log with what this browser saw before.')}
        {(history === 'rewritten' || history === 'shorter') && t('The log contradicts what this browser saw before.')}
      </Line>
    </div>
  );
}
