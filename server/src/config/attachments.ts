import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from './error.ts';
import { baseUrlOf } from './kinds.ts';

/** Settings of where attachments are kept: in a folder or in a bucket. */
export const attachment_settings = {
  BATON_ATTACHMENTS_DIR: z.string().optional(),
  BATON_ATTACHMENTS_S3_BUCKET: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/,
      'must be the name of a bucket: 3 to 63 letters, digits and . _ -.',
    )
    .optional(),
  BATON_ATTACHMENTS_S3_ENDPOINT: z
    .string()
    .refine(
      (text) => baseUrlOf(text) !== undefined,
      'must be a URL such as https://s3.example.com, without credentials, query or fragment.',
    )
    .optional(),
  BATON_ATTACHMENTS_S3_REGION: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,63}$/, 'must be the name of a region: letters, digits and -.')
    .default('us-east-1'),
  BATON_ATTACHMENTS_S3_ACCESS_KEY_ID: z.string().optional(),
  BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY: z.string().optional(),
};

/** A bucket of an S3 server. */
export interface S3Config {
  bucket: string;
  /** Undefined: AWS, in the region. */
  endpoint: string | undefined;
  region: string;
  /** Undefined: those that the machine gives the process, as AWS's SDK finds them. */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** Where attachments are kept. If both are undefined, there are none. */
export interface AttachmentsConfig {
  attachments_dir: string | undefined;
  attachments_s3: S3Config | undefined;
}

const parsed = z.object(attachment_settings);
type Settings = z.infer<typeof parsed>;

function s3ConfigOf(env: Settings): S3Config | undefined {
  const {
    BATON_ATTACHMENTS_S3_BUCKET: bucket,
    BATON_ATTACHMENTS_S3_ENDPOINT: given,
    BATON_ATTACHMENTS_S3_REGION: region,
    BATON_ATTACHMENTS_S3_ACCESS_KEY_ID: accessKeyId,
    BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = env;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new ConfigError(
      'Set both BATON_ATTACHMENTS_S3_ACCESS_KEY_ID and BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY, or neither.',
    );
  }
  if (bucket === undefined) {
    if (given === undefined && accessKeyId === undefined) return undefined;
    throw new ConfigError('To keep attachments in S3, set BATON_ATTACHMENTS_S3_BUCKET too.');
  }
  const endpoint = given === undefined ? undefined : baseUrlOf(given);
  const credentials =
    accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  return { bucket, endpoint, region, credentials };
}

/**
 * Where this installation keeps attachments. By default this is a folder in the data directory; in production it is
 * nowhere, because nobody might look for the files there.
 */
export function attachmentsConfigOf(env: Settings & { NODE_ENV: string; BATON_DATA_DIR: string }): AttachmentsConfig {
  const attachments_s3 = s3ConfigOf(env);
  const { BATON_ATTACHMENTS_DIR: dir } = env;
  if (dir !== undefined && attachments_s3 !== undefined) {
    throw new ConfigError(
      'BATON_ATTACHMENTS_DIR and BATON_ATTACHMENTS_S3_BUCKET are both set. Set the one where attachments are kept.',
    );
  }
  if (dir !== undefined) return { attachments_dir: path.resolve(dir), attachments_s3 };
  const is_nowhere = attachments_s3 !== undefined || env.NODE_ENV === 'production';
  return {
    attachments_dir: is_nowhere ? undefined : path.resolve(env.BATON_DATA_DIR, 'attachments'),
    attachments_s3,
  };
}
