import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { S3Config } from '../config/attachments.ts';
import { BatonError } from '../errors.ts';
import type { ByteRange } from '../http/ranges.ts';
import { Bucket } from './bucket.ts';
import { inParts, type Part } from './parts.ts';
import { unusableBucket } from './s3-check.ts';
import { type Store, StoreUnavailable } from './store.ts';

/** The shortest part that S3 takes, except for the last. */
const part_bytes = 5 * 2 ** 20;

/**
 * Files that are sent to S3 at one time. Each keeps a part in memory until it is complete, however slowly its bytes come. A
 * network may send 24 files at one time, so there is room for another.
 */
const most_uploads = 32;

const isMissing = (error: unknown) =>
  error instanceof StoreUnavailable &&
  ['NoSuchKey', 'InvalidRange'].includes((error.cause as Error | undefined)?.name ?? '');

/** What the headers say of the bytes that they come with. */
interface Said {
  ContentLength?: number | undefined;
  ContentRange?: string | undefined;
}

/** Whether an object of this size has come, or the range of it that was requested. */
function isAsked({ ContentLength, ContentRange }: Said, size_bytes: number, range: ByteRange | undefined): boolean {
  if (range === undefined) return ContentLength === size_bytes;
  const { start, end } = range;
  return ContentLength === end - start + 1 && ContentRange === `bytes ${start}-${end}/${size_bytes}`;
}

/** An object that is sent part by part. */
class Sending {
  readonly #bucket: Bucket;
  readonly #at: { Bucket: string; Key: string };
  readonly #parts: { PartNumber: number; ETag: string | undefined }[] = [];
  #upload: string | undefined;

  constructor(bucket: Bucket, at: { Bucket: string; Key: string }) {
    this.#bucket = bucket;
    this.#at = at;
  }

  async add({ bytes: Body, is_last }: Part): Promise<void> {
    if (is_last && this.#upload === undefined) {
      await this.#bucket.request((s3, options) => s3.putObject({ ...this.#at, Body }, options));
      return;
    }
    this.#upload ??= await this.#begin();
    const UploadId = this.#upload;
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await this.#bucket.request((s3, options) =>
      s3.uploadPart({ ...this.#at, UploadId, PartNumber, Body }, options),
    );
    this.#parts.push({ PartNumber, ETag });
    if (!is_last) return;
    const MultipartUpload = { Parts: this.#parts };
    await this.#bucket.request((s3, options) =>
      s3.completeMultipartUpload({ ...this.#at, UploadId, MultipartUpload }, options),
    );
  }

  /** Removes the parts that were sent. If that fails, `remove` finds them. */
  async abort(): Promise<void> {
    const UploadId = this.#upload;
    if (UploadId === undefined) return;
    await this.#bucket
      .request((s3, options) => s3.abortMultipartUpload({ ...this.#at, UploadId }, options))
      .catch(() => undefined);
  }

  async #begin(): Promise<string> {
    const { UploadId } = await this.#bucket.request((s3, options) => s3.createMultipartUpload(this.#at, options));
    if (UploadId === undefined) throw new StoreUnavailable(new Error('The upload has no id'));
    return UploadId;
  }
}

/** Opens a store in a bucket of an S3 server. Its objects are named `attachments/` and the file's id. */
export function openS3(config: S3Config): Store {
  const bucket = new Bucket(config);
  const placeOf = (id: string) => ({ Bucket: config.bucket, Key: `attachments/${id}` });
  let uploads = 0;

  /**
   * Removes what there is of a file: parts of an upload that broke off, which are no object, and the object. The parts come first:
   * an upload that was completed in between leaves an object.
   */
  const remove: Store['remove'] = async (id) => {
    const at = placeOf(id);
    const { Uploads = [] } = await bucket.request((s3, options) =>
      s3.listMultipartUploads({ Bucket: at.Bucket, Prefix: at.Key }, options),
    );
    for (const { UploadId } of Uploads)
      await bucket.request((s3, options) => s3.abortMultipartUpload({ ...at, UploadId }, options));
    await bucket.request((s3, options) => s3.deleteObject(at, options));
  };

  const put: Store['put'] = async (id, bytes) => {
    if (uploads >= most_uploads) throw new BatonError('overloaded', {}, { retry_after_s: 1 });
    uploads++;
    const sending = new Sending(bucket, placeOf(id));
    try {
      for await (const part of inParts(bytes, part_bytes)) await sending.add(part);
    } catch (error) {
      await sending.abort();
      throw error;
    } finally {
      uploads--;
    }
  };

  const get: Store['get'] = async (id, size_bytes, range) => {
    const Range = range === undefined ? undefined : `bytes=${range.start}-${range.end}`;
    const found = await bucket
      .request((s3, options) => s3.getObject({ ...placeOf(id), Range }, options))
      .catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
    if (!(found?.Body instanceof Readable)) return undefined;
    if (isAsked(found, size_bytes, range)) return bucket.flowing(found.Body);
    found.Body.destroy();
    return undefined;
  };

  const check = async () => {
    const probe = randomUUID();
    try {
      await put(probe, Readable.from([Buffer.from('A probe.')]));
      (await get(probe, 8))?.destroy();
      // An upload that breaks off is removed by other requests than an object.
      await bucket.request((s3, options) => s3.createMultipartUpload(placeOf(probe), options));
      await remove(probe);
    } catch (error) {
      throw unusableBucket(config, error);
    }
  };

  return { put, get, remove, check };
}
