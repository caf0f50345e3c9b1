import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { exactOf } from '../ui/dates.ts';
import { Icon } from '../ui/icon.tsx';
import { saveFile } from '../ui/save-file.ts';
import { t } from '../ui/text.ts';
import { parseCheckpoint } from './proof/note.ts';
import { signerName } from './kept-log.ts';
import type { LogView } from './watch.ts';

type Trouble = NonNullable<LogView['trouble']>;

interface Props {
  view: LogView;
  /** Accepts the log as it is. */
  onGoOn: () => void;
}

/** Shows what is wrong with a log, and what to do about it, until somebody has dealt with it. */
export function LogTrouble({ view, onGoOn }: Props) {
  const { trouble, signed, other_signer, now } = view;
  return (
    <>
      {trouble !== undefined && <Contradiction trouble={trouble} view={view} onGoOn={onGoOn} />}
      {signed === 'bad' && (
        <div className="notice notice-danger" role="alert">
          <Icon name="warning" />
          <p>
            <strong>{t('The log’s key has not signed this log.')}</strong>{' '}
            {t('The people who run the server can print the key it signs with. If it has changed, ask why.')}
          </p>
        </div>
      )}
      {other_signer !== undefined && (
        <div className="notice notice-danger" role="alert">
          <Icon name="warning" />
          <div>
            <p>
              <strong>{t('Somebody else signs the log.')}</strong>{' '}
              {t('It was {before}, and is {now}. Ask the people who run the server whether they changed its key.', {
                before: other_signer,
                now: signerName(now),
              })}
            </p>
            {trouble === undefined && <GoOn onGoOn={onGoOn} />}
          </div>
        </div>
      )}
    </>
  );
}

function Contradiction({ trouble, view, onGoOn }: Props & { trouble: Trouble }) {
  const before = parseCheckpoint(trouble.before.note);
  const now = parseCheckpoint(trouble.now.note);
  if (before === undefined || now === undefined) return null;
  const [at, then] = [trouble.before.at, trouble.now.at].map((time) => exactOf(new Date(time))) as [string, string];
  const save = (which: 'before' | 'now') => saveFile(`checkpoint-${which}.txt`, [trouble[which].note], 'text/plain');
  return (
    <div className="notice notice-danger log-trouble" role="alert">
      <Icon name="warning" />
      <div>
        <h2>{now.size < before.size ? t('The log has lost entries') : t('The log was rewritten')}</h2>
        <p>
          {now.size < before.size
            ? t(
                'This browser saw a signed log of {before} entries ({at}). The log that the server showed later ({then}) has {now}, and the server can’t show the rest.',
                { before: before.size, at, then, now: now.size },
              )
            : t(
                'This browser saw a signed log of {before} entries ({at}). The log of {now} entries that the server showed later ({then}) does not begin with these: one of them was changed, removed or moved.',
                { before: before.size, at, then, now: now.size },
              )}
        </p>
        <ol>
          <li>{t('Keep both checkpoints: together they prove it.')}</li>
          <li>
            {t(
              'Ask the people who run the server whether they restored a backup. That, too, loses what was signed since.',
            )}
          </li>
          <li>
            {t(
              'Compare with a witness or with earlier exports, if you have any: verify-audit.ts with --known says what differs.',
            )}
          </li>
        </ol>
        <p className="log-acts">
          <Button icon="download" onClick={() => save('before')}>
            {t('Download the earlier checkpoint')}
          </Button>
          <Button icon="download" onClick={() => save('now')}>
            {t('Download the later checkpoint')}
          </Button>
          <GoOn onGoOn={onGoOn} />
        </p>
        {view.history === 'kept' && (
          <p>{t('What the server shows now is consistent with what this browser saw before.')}</p>
        )}
      </div>
    </div>
  );
}

/** Asks for confirmation, because this browser then forgets what it saw before. */
function GoOn({ onGoOn }: { onGoOn: () => void }) {
  const [asks, setAsks] = useState(false);
  if (!asks) {
    return (
      <Button kind="danger" onClick={() => setAsks(true)}>
        {t('It is explained: go on from the log as it is')}
      </Button>
    );
  }
  return (
    <>
      <span>{t('This browser then forgets what it saw before.')}</span>
      <Button kind="danger" onClick={onGoOn}>
        {t('Forget it, and go on')}
      </Button>
      <Button kind="quiet" onClick={() => setAsks(false)}>
        {t('Keep it')}
      </Button>
    </>
  );
}
