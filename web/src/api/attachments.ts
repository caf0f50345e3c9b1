import { queryOptions } from '@tanstack/react-query';
import type { Attachment, AttachmentLink } from 'baton-sdk';
import type { Sending, Upload } from '../store/uploads.ts';
import { client } from './client.ts';

/** The default limit of files per ticket; an operator may raise it. */
const most = 100;

/** The files of a ticket. */
export const attachmentsQuery = (workspace_id: string, ticket: string) =>
  queryOptions({
    queryKey: ['attachments', workspace_id, ticket],
    queryFn: async ({ signal }): Promise<Attachment[]> =>
      (await client.list_attachments({ workspace_id, ticket, limit: most }, { signal })).data,
  });

type At = Pick<Attachment, 'ticket_id' | 'id'> & { workspace_id: string };
const input = ({ workspace_id, ticket_id, id }: At) => ({ workspace_id, ticket: ticket_id, attachment_id: id });

/** Creates an address of a file, for opening or saving it now. */
export const linkOf = (at: At): Promise<AttachmentLink> => client.get_attachment_link(input(at));

/** The address of a picture while it is on the page. It is requested again before it expires. */
export const pictureQuery = (at: At) =>
  queryOptions({
    queryKey: ['picture', at.workspace_id, at.id],
    queryFn: async () => (await linkOf(at)).path,
    staleTime: 240_000,
    gcTime: 0,
  });

export async function removeAttachment(at: At): Promise<void> {
  await client.remove_attachment(input(at));
}

function headersOf(request: XMLHttpRequest): Headers {
  const lines = request
    .getAllResponseHeaders()
    .split('\r\n')
    .filter((line) => line !== '');
  return new Headers(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
}

/** Returns a `fetch` that sends one request and reports its progress, which the browser’s own `fetch` does not. */
const sendTelling =
  (progress: (sent_bytes: number) => void): typeof fetch =>
  (url, init = {}) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init.method ?? 'GET', url instanceof Request ? url.url : url);
      for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value);
      request.responseType = 'arraybuffer';
      request.upload.onprogress = ({ loaded }) => progress(loaded);
      request.onload = () => {
        const { status, response } = request;
        resolve(new Response(response as ArrayBuffer, { status, headers: headersOf(request) }));
      };
      request.onerror = () => reject(new TypeError('Failed to send'));
      init.signal?.addEventListener('abort', () => {
        request.abort();
        reject(init.signal?.reason as Error);
      });
      request.send(init.body as Blob);
    });

/** A file may be large, so it is sent again only once by itself. After that, the person decides. */
const retries = 1;

/** Adds a file to a ticket. The upload’s id is the idempotency key. */
export function sendFile(
  workspace_id: string,
  { id, ticket_id, file }: Upload,
  { progress, signal }: Sending,
): Promise<Attachment> {
  const fields = { workspace_id, ticket: ticket_id, name: file.name, body: file, idempotency_key: id };
  return client.add_attachment(fields, { signal, retries, fetch: sendTelling(progress) });
}
