import { PassThrough, pipeline, type Readable } from 'node:stream';
import type { S3 } from '@aws-sdk/client-s3';
import type { S3Config } from '../config/attachments.ts';
import { most_transfers } from '../http/transfers.ts';
import { StoreUnavailable } from './store.ts';

/**
 * Connections to the server. There are more than files are sent and read at one time, so people who read slowly can't take all
 * of them. The worker has its own.
 */
const max_connections = most_transfers + 16;
const connect_ms = 5_000;
/** The longest that a request may take until the headers of its response, with all attempts. */
const request_ms = 30_000;
/** How long the server may send nothing of a file that somebody wants to read. */
const silence_ms = 15_000;

interface Options {
  abortSignal: AbortSignal;
}

/** Opens the client of AWS's SDK. It is loaded only here, because it takes longer to load than all of Baton. */
async function openClient({ endpoint, region, credentials }: S3Config): Promise<S3> {
  const sdk = await import('@aws-sdk/client-s3');
  const agent = { keepAlive: true, maxSockets: max_connections };
  return new sdk.S3({
    region,
    // Servers other than AWS often have no name for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
    requestHandler: {
      connectionTimeout: connect_ms,
      socketTimeout: 0, // it would close the connection of somebody who reads slowly
      socketAcquisitionWarningTimeout: request_ms,
      httpAgent: agent,
      httpsAgent: agent,
    },
    expectContinueHeader: false, // its requests would not use the agent, and would need a connection each
    // The signature covers the SHA-256 of what is sent. Servers other than AWS refuse the headers of further checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** A bucket of an S3 server. Each request to it ends in bounded time. */
export class Bucket {
  readonly #config: S3Config;
  #client: Promise<S3> | undefined;

  constructor(config: S3Config) {
    this.#config = config;
  }

  /** The address of the server, for messages. */
  get address(): string {
    return this.#config.endpoint ?? `AWS in ${this.#config.region}`;
  }

  /** Sends a request. If it fails, throws `StoreUnavailable` with the cause. */
  async request<T>(send: (s3: S3, options: Options) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new Error(`No response from ${this.address} in ${request_ms / 1000} s`)),
      request_ms,
    );
    try {
      this.#client ??= openClient(this.#config);
      return await send(await this.#client, { abortSignal: limit.signal });
    } catch (error) {
      throw new StoreUnavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Passes on a body that the server sends. It fails if the server stops sending while somebody wants to read. */
  flowing(body: Readable): Readable {
    const bytes = new PassThrough();
    let [arrived, seen] = [0, 0];
    body.on('data', (chunk: Buffer) => (arrived += chunk.length));
    const look = setInterval(() => {
      if (arrived === seen && !bytes.writableNeedDrain) bytes.destroy(new Error(`${this.address} stopped sending`));
      seen = arrived;
    }, silence_ms);
    // If either ends early, `pipeline` destroys the other: a reader who leaves closes the connection to the server.
    pipeline(body, bytes, () => clearInterval(look));
    return bytes;
  }
}
