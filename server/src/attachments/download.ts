import { create as contentDisposition } from 'content-disposition';
import type pg from 'pg';
import type { Logger } from 'pino';
import { apply, permitted, personOf } from '../access/authorize.ts';
import { lineOf } from '../access/policy.ts';
import { readOnly } from '../db/transaction.ts';
import { BatonError, requireFound } from '../errors.ts';
import type { Download, Downloads } from '../http/downloads.ts';
import type { Links } from './link.ts';
import { isSafeImage } from './media-type.ts';
import { attachmentById } from './queries.ts';
import type { Store } from './store.ts';

interface Parts {
  pool: pg.Pool;
  log: Logger;
  links: Links;
  store: Store | undefined;
}

const gone = 'The address is invalid or has expired: it is valid for five minutes. Request a new one.';

/** The name to save a file under, without any path. Browsers strip a path themselves (RFC 6266, 4.3); other programs may not. */
const savedAs = (name: string) => name.replaceAll(/[/\\]/g, '_').replace(/^\.+$/, '_');

/** Creates the function that opens files by their signed addresses. Each call checks again that the caller may read the file. */
export function createDownloads({ pool, log, links, store }: Parts): Downloads {
  return async (token, request_id): Promise<Download> => {
    const signed = links.read(token);
    if (signed === undefined || store === undefined) throw new BatonError('not_found', { detail: gone });
    const { workspace_id, attachment_id, identity } = signed;
    const user_id = personOf(identity);
    const attachment = await readOnly(pool, { workspace_id, user_id, asker: { user_id } }, (db) => {
      const { actor } = apply(db, { ...identity, request_id }, lineOf('get_attachment'), workspace_id);
      return permitted(actor, requireFound(attachmentById(db, workspace_id, attachment_id)));
    });
    const { name, media_type, size_bytes, checksum } = attachment;
    const is_shown = isSafeImage(media_type);
    return {
      user_id,
      size_bytes,
      entity_tag: `"${checksum}"`, // strong: an attachment never changes
      headers: {
        'Content-Type': is_shown ? media_type : 'application/octet-stream',
        'Content-Disposition': contentDisposition(savedAs(name), { type: is_shown ? 'inline' : 'attachment' }),
      },
      open: async (range) => {
        const bytes = await store.get(attachment_id, size_bytes, range);
        if (bytes !== undefined) return bytes;
        log.error({ workspace_id, attachment_id }, 'bytes of an attachment are missing from the store');
        throw new BatonError('not_found', { detail: 'The bytes of this file are missing. Tell the operator.' });
      },
    };
  };
}
