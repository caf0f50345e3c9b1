import { failureOf, isCode } from '../api/problems.ts';
import type { Desk } from '../desk/desk.ts';
import type { Upload } from '../store/uploads.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { shownSize } from '../ui/sizes.ts';
import { t } from '../ui/text.ts';

/** Explains why a file was not added, and what to do. */
function reasonOf(error: unknown): string {
  if (isCode(error, 'body_too_large'))
    return t('The file is larger than this server takes. Make it smaller, or put a link to it into a comment.');
  if (isCode(error, 'no_response')) return t('The server can’t be reached. Check the connection, and try again.');
  const { title, detail } = failureOf(error);
  return `${title}. ${detail}`;
}

/** The codes of refusals that retrying cannot change. */
const final = [
  'attachments_not_configured',
  'body_too_large',
  'forbidden',
  'not_found',
  'project_archived',
  'validation_failed',
] as const;

/** A file that is being sent: its progress, or why it failed. */
export function UploadRow({ desk, upload }: { desk: Desk; upload: Upload }) {
  const { id, file, sent_bytes, state, error } = upload;
  const { name, size } = file;
  const drop = () => desk.uploads.drop(id);
  if (state === 'failed') {
    return (
      <li className="file file-failed">
        <span className="file-picture">
          <Icon name="warning" />
        </span>
        <div className="file-text" role="alert">
          <span className="file-name">{t('{name} was not added', { name })}</span>
          <span>{reasonOf(error)}</span>
        </div>
        {!final.some((code) => isCode(error, code)) && (
          <Button onClick={() => desk.uploads.retry(id)}>{t('Try again')}</Button>
        )}
        <IconButton icon="close" label={t('Give {name} up', { name })} onClick={drop} />
      </li>
    );
  }
  const all_sent = sent_bytes >= size && state === 'sending';
  return (
    <li className="file">
      <span className="file-picture">
        <Icon name="file" />
      </span>
      <div className="file-text">
        <span className="file-name">{name}</span>
        {state === 'waiting' ? (
          <span className="faint">{t('Waits for the others')}</span>
        ) : (
          <>
            <progress
              className="file-progress"
              aria-label={t('Adding {name}', { name })}
              max={size}
              value={sent_bytes}
            />
            <span className="faint figures">
              {all_sent ? t('Saving…') : t('{sent} of {all}', { sent: shownSize(sent_bytes), all: shownSize(size) })}
            </span>
          </>
        )}
      </div>
      <IconButton icon="close" label={t('Stop adding {name}', { name })} onClick={drop} />
    </li>
  );
}
