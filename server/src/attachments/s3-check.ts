import { ConfigError } from '../config.ts';
import type { S3Config } from '../config/attachments.ts';
import { StoreUnavailable } from './store.ts';

const setting = 'BATON_ATTACHMENTS_S3';
const keys = `${setting}_ACCESS_KEY_ID and ${setting}_SECRET_ACCESS_KEY`;
const rights = 's3:PutObject, s3:GetObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListBucketMultipartUploads';

/** What is known of a failed request: S3's code or the system's, and the status if there was a response. */
function failureOf(cause: unknown): { code: string; status: number | undefined } {
  const { name, code, $metadata } = cause as {
    name: string;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  return { code: typeof code === 'string' ? code : name, status: $metadata?.httpStatusCode };
}

/** Turns the failure of a request to a bucket into a `ConfigError` that names the setting; returns any other error unchanged. */
export function unusableBucket({ bucket, endpoint, region }: S3Config, error: unknown): unknown {
  if (!(error instanceof StoreUnavailable)) return error;
  const { code, status } = failureOf(error.cause);
  const at = endpoint ?? `AWS in ${region}`;
  if (code === 'CredentialsProviderError') {
    return new ConfigError(`${keys} are not set, and the machine provides no credentials of AWS. Set both.`);
  }
  if (status === undefined) {
    return new ConfigError(
      `${setting}_ENDPOINT can't be used: ${at} does not respond (${code}). Set it to the address of an S3 server.`,
    );
  }
  if (code === 'NoSuchBucket') {
    return new ConfigError(
      `${setting}_BUCKET can't be used: ${at} has no bucket ${bucket}. Create it, or name another.`,
    );
  }
  if (status === 301 || code === 'AuthorizationHeaderMalformed') {
    return new ConfigError(`${setting}_REGION can't be used: the bucket ${bucket} is not in ${region} (${code}).`);
  }
  if (status === 401 || status === 403) {
    return new ConfigError(
      `${keys} can't be used: ${at} refused them (${code}). In the bucket ${bucket} they need ${rights}.`,
    );
  }
  return new ConfigError(`${setting}_BUCKET can't be used: ${at} responded ${status} (${code}).`);
}
