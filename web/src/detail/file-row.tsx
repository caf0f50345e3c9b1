import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Attachment } from 'baton-sdk';
import { Suspense, useState } from 'react';
import { attachmentsQuery, linkOf, pictureQuery, removeAttachment } from '../api/attachments.ts';
import { failureOf } from '../api/problems.ts';
import type { Desk } from '../desk/desk.ts';
import { usePerson, useRole } from '../desk/use-desk.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { lazily } from '../ui/lazily.ts';
import { openAddress } from '../ui/open-address.ts';
import { shownSize } from '../ui/sizes.ts';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';

const Confirm = lazily(async () => ({ default: (await import('../ui/confirm.tsx')).Confirm }));
const Dialog = lazily(async () => ({ default: (await import('../ui/dialog.tsx')).Dialog }));

/** The types of pictures that the server lets a browser show. */
const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'];
/** Larger pictures are not shown small, because each would be loaded whole. */
const most_bytes = 5_000_000;

/** Opens a picture, and saves any other file, because the server lets browsers show only pictures. */
async function open(at: Attachment & { workspace_id: string }): Promise<void> {
  const { name, media_type } = at;
  try {
    openAddress((await linkOf(at)).path, { is_shown: pictures.includes(media_type) });
  } catch (error) {
    toast({ kind: 'error', text: t('{name} was not opened. {title}.', { name, title: failureOf(error).title }) });
  }
}

/** A picture: small in its row, and large over the page. */
function Picture({ desk, file }: { desk: Desk; file: Attachment }) {
  const [is_large, setLarge] = useState(false);
  const at = { ...file, workspace_id: desk.workspace_id };
  const { data: path } = useQuery(pictureQuery(at));
  return (
    <>
      <button
        type="button"
        className="file-picture"
        aria-label={t('Show {name}', { name: file.name })}
        onClick={() => setLarge(true)}
      >
        {path !== undefined && <img src={path} alt="" loading="lazy" decoding="async" />}
      </button>
      {is_large && (
        <Suspense fallback={null}>
          <Dialog open wide title={file.name} onClose={() => setLarge(false)}>
            {path !== undefined && <img className="file-large" src={path} alt={file.name} />}
          </Dialog>
        </Suspense>
      )}
    </>
  );
}

/** One file: its name, size, author and age, and the actions on it. */
export function FileRow({ desk, file, may }: { desk: Desk; file: Attachment; may: boolean }) {
  const { workspace_id } = desk;
  const { name, size_bytes, media_type, added_by, created_at } = file;
  const queries = useQueryClient();
  const person = usePerson(desk, added_by);
  const role = useRole(desk);
  const [asks, setAsks] = useState(false);
  const at = { ...file, workspace_id };
  const may_remove = may && (added_by === desk.account || role === 'owner' || role === 'admin');
  const remove = async () => {
    await removeAttachment(at);
    setAsks(false);
    await queries.invalidateQueries({ queryKey: attachmentsQuery(workspace_id, file.ticket_id).queryKey });
    toast({ text: t('{name} was removed.', { name }) });
  };
  return (
    <li className="file">
      {pictures.includes(media_type) && size_bytes <= most_bytes ? (
        <Picture desk={desk} file={file} />
      ) : (
        <span className="file-picture">
          <Icon name="file" />
        </span>
      )}
      <div className="file-text">
        <button type="button" className="file-name" onClick={() => void open(at)}>
          {name}
        </button>
        <span className="faint">
          {shownSize(size_bytes)} · {person?.name ?? '…'} · <Time at={created_at} />
        </span>
      </div>
      {may_remove && <IconButton icon="trash" label={t('Remove {name}', { name })} onClick={() => setAsks(true)} />}
      {asks && (
        <Suspense fallback={null}>
          <Confirm
            title={t('Remove the file?')}
            act={t('Remove')}
            acting={t('Removing…')}
            onConfirm={remove}
            onClose={() => setAsks(false)}
          >
            <p>{t('{name} is deleted permanently, for everybody. Its name stays in the activity.', { name })}</p>
          </Confirm>
        </Suspense>
      )}
    </li>
  );
}
