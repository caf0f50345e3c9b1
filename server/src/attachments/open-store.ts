import type { AttachmentsConfig } from '../config/attachments.ts';
import { openFolder } from './folder.ts';
import { openS3 } from './s3.ts';
import type { Store } from './store.ts';

/** Opens the store that the settings name; undefined if they name none. */
export function openStore({ attachments_dir, attachments_s3 }: AttachmentsConfig): Store | undefined {
  if (attachments_s3 !== undefined) return openS3(attachments_s3);
  return attachments_dir === undefined ? undefined : openFolder(attachments_dir);
}
