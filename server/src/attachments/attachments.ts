import type { Downloads } from '../http/downloads.ts';
import type { Uploads } from '../http/upload.ts';
import type { Services } from '../services.ts';
import { createDownloads } from './download.ts';
import { Links } from './link.ts';
import { openStore } from './open-store.ts';
import { createUploads } from './receive.ts';

/** The parts that receive files, sign their addresses and serve them. A process has one of each. */
export interface Attachments {
  uploads: Uploads;
  links: Links;
  downloads: Downloads;
}

export function createAttachments({ config, pool, log, hint }: Services): Attachments {
  const store = openStore(config);
  const links = new Links(config.secret);
  return {
    uploads: createUploads({ pool, store, hint }),
    links,
    downloads: createDownloads({ pool, log, links, store }),
  };
}
