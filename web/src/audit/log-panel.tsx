import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Failed } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import { Download } from './download.tsx';
import { LogDetails } from './log-details.tsx';
import { LogTrouble } from './log-trouble.tsx';
import { canHash } from './proof/bytes.ts';
import { useLog } from './use-log.ts';
import type { LogView } from './watch.ts';

/** Shows whether the log still contains what this browser saw of it before, and who has signed it. */
export function LogPanel({ workspace }: { workspace: string }) {
  const { query, enterKey, goOn } = useLog(workspace);
  const { data, error, refetch, isFetching } = query;
  return (
    <section className="log" aria-label={t('Is the log what it was?')}>
      {!canHash() && <NoHashes />}
      {error !== null && (
        <Failed what={t('The log could not be compared')} error={error} onRetry={() => void refetch()} />
      )}
      {data?.state === 'unreadable' && (
        <p className="notice notice-danger" role="alert">
          <Icon name="warning" /> {t('What the server sent is no signed checkpoint. Ask the people who run it.')}
        </p>
      )}
      {data?.state === 'viewed' && <LogTrouble view={data.view} onGoOn={() => void goOn(data.view.now)} />}
      <div className="log-line">
        {data?.state === 'viewed' && <Verdict view={data.view} />}
        {data?.state === 'empty' && <p>{t('Nothing is signed yet: the log’s first entries are a moment old.')}</p>}
        <span className="log-acts">
          {canHash() && (
            <Button kind="quiet" busy={isFetching} onClick={() => void refetch()}>
              {isFetching ? t('Comparing…') : t('Compare again')}
            </Button>
          )}
          <Download workspace={workspace} />
        </span>
      </div>
      {data?.state === 'viewed' && (
        <LogDetails workspace={workspace} view={data.view} onKey={(text) => enterKey(text, data.view.now)} />
      )}
    </section>
  );
}

/** Browsers offer no cryptography to pages on plain HTTP under a host name. */
function NoHashes() {
  return (
    <p className="notice">
      <Icon name="warning" />
      {t(
        'This page came over plain HTTP from a host’s name, and browsers give such pages no cryptography: nothing is verified here. Open it over HTTPS, or download the log and verify it with verify-audit.ts.',
      )}
    </p>
  );
}

/** The result of the comparison, in one line. */
function Verdict({ view: { now, at, history, before, signed } }: { view: LogView }) {
  const entries = now.size;
  const is_good = (history === 'first' || history === 'kept') && signed !== 'bad';
  // A log that is seen for the first time, without a key, is not verified yet.
  const is_verified = history === 'kept' || signed === 'good';
  return (
    <p className={`log-verdict ${is_good ? (is_verified ? 'log-good' : '') : 'log-bad'}`} role="status">
      <Icon name={is_good ? 'audit' : 'warning'} />
      <span>
        {history === 'first' &&
          t(
            '{entries, plural, one {# entry} other {# entries}}, seen here for the first time. From now on, this browser notices if one of them changes.',
            { entries },
          )}
        {history === 'kept' &&
          t(
            '{entries, plural, one {# entry} other {# entries}}. None that this browser saw before was changed, removed or moved.',
            { entries },
          )}
        {history === 'unproven' &&
          t('The server did not send what is needed to compare the log with what this browser saw before.')}
        {(history === 'rewritten' || history === 'shorter') && t('The log contradicts what this browser saw before.')}{' '}
        {signed === 'good' && t('Its signature is good.')}
        {signed === undefined && t('Its signature is not checked: this browser doesn’t have the log’s key.')}
        {signed === 'unsupported' && t('Its signature is not checked: this browser doesn’t support Ed25519.')}
        {signed === 'bad' && t('Its signature is not the key’s.')}{' '}
        <span className="muted">
          <Time at={at} />
          {before !== undefined && history === 'kept' && (
            <>
              {' · '}
              {t('compared with the {size} seen', { size: before.checkpoint.size })} <Time at={before.at} />
            </>
          )}
        </span>
      </span>
    </p>
  );
}
