import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { attachmentsQuery } from '../api/attachments.ts';
import type { Desk } from '../desk/desk.ts';
import type { May } from '../desk/use-may.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { useDropping } from '../ui/use-dropping.ts';
import { FileRow } from './file-row.tsx';
import { UploadRow } from './upload-row.tsx';
import './files.css';

/** Keeps the list of files up to date after uploads on this page and changes elsewhere. */
function useFiles(desk: Desk, ticket_id: string) {
  const queries = useQueryClient();
  const query = attachmentsQuery(desk.workspace_id, ticket_id);
  const files = useQuery(query);
  useEffect(() => {
    const { queryKey } = attachmentsQuery(desk.workspace_id, ticket_id);
    const renew = () => queries.invalidateQueries({ queryKey });
    const filed = (id: string) => void (id === ticket_id && renew());
    const done = (upload: { ticket_id: string }) => filed(upload.ticket_id);
    desk.filed.add(filed);
    desk.uploads.done.add(done);
    const hide = desk.show({ renew, covers: () => false });
    return () => {
      desk.filed.delete(filed);
      desk.uploads.done.delete(done);
      hide();
    };
  }, [desk, ticket_id, queries]);
  return files;
}

interface FilesProps {
  desk: Desk;
  ticket: KnownTicket;
  /** Whether the person may add files here. */
  may: May;
}

/** The files of a ticket and the uploads in progress. Files are added by a button, by dropping or by pasting. */
export function Files({ desk, ticket, may }: FilesProps) {
  const { data: files = [], error, refetch } = useFiles(desk, ticket.id);
  const all = useSyncExternalStore(desk.uploads.subscribe, desk.uploads.get);
  const uploads = all.filter(({ ticket_id }) => ticket_id === ticket.id);
  const input = useRef<HTMLInputElement>(null);
  const add = (given: File[]) => desk.uploads.add(ticket.id, given);
  const is_over = useDropping(may.may ? add : undefined);
  const is_empty = files.length === 0 && uploads.length === 0 && error === null;
  return (
    <section className="files" aria-label={t('Attachments')}>
      <div className="part-head">
        <h2>
          {t('Attachments')} {files.length > 0 && <span className="figures">{files.length}</span>}
        </h2>
        {may.may && (
          <Button kind="quiet" icon="add" onClick={() => input.current?.click()}>
            {t('Add files')}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t('Files to add')}
          onChange={({ currentTarget }) => {
            add([...(currentTarget.files ?? [])]);
            currentTarget.value = ''; // so that the same file can be chosen again
          }}
        />
      </div>
      {error !== null && ticket.deleted_at === null && (
        <Failed what={t('The attachments could not be loaded.')} error={error} onRetry={() => void refetch()} />
      )}
      {is_empty && may.may && <p className="faint">{t('Drop files anywhere on the page, or paste them.')}</p>}
      {!is_empty && (
        <ul className="file-list">
          {files.map((file) => (
            <FileRow key={file.id} desk={desk} file={file} may={may.may} />
          ))}
          {uploads.map((upload) => (
            <UploadRow key={upload.id} desk={desk} upload={upload} />
          ))}
        </ul>
      )}
      {is_over && (
        <p className="drop-here">
          <span>{t('Drop the files to add them to {key}', { key: ticket.key })}</span>
        </p>
      )}
    </section>
  );
}
