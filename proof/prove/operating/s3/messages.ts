import { openS3 } from '../../../../server/src/attachments/s3.ts';
import { ConfigError } from '../../../../server/src/config.ts';
import type { S3Config } from '../../../../server/src/config/attachments.ts';
import { freePort } from '../../../harness/served.ts';

/** Tries settings that can't work. Returns those that were not refused with their own message. */
export async function messagesOf(works: S3Config): Promise<string[]> {
  const { accessKeyId = '', secretAccessKey = '' } = works.credentials ?? {};
  const tried: [S3Config, RegExp][] = [
    [
      { ...works, bucket: 'nobody-has-it' },
      /^BATON_ATTACHMENTS_S3_BUCKET can't be used: .* has no bucket nobody-has-it\./,
    ],
    [
      { ...works, credentials: { accessKeyId, secretAccessKey: 'wrong' } },
      /^BATON_ATTACHMENTS_S3_ACCESS_KEY_ID and BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY can't be used: .* refused them \(SignatureDoesNotMatch\)\./,
    ],
    [
      { ...works, credentials: { accessKeyId: 'test:nobody', secretAccessKey } },
      /^BATON_ATTACHMENTS_S3_ACCESS_KEY_ID and BATON_ATTACHMENTS_S3_SECRET_ACCESS_KEY can't be used: .* refused them \(\w+\)\./,
    ],
    [
      { ...works, endpoint: `http://127.0.0.1:${await freePort()}` },
      /^BATON_ATTACHMENTS_S3_ENDPOINT can't be used: .* does not respond \(ECONNREFUSED\)\./,
    ],
    [
      { ...works, endpoint: 'http://s3.invalid' },
      /^BATON_ATTACHMENTS_S3_ENDPOINT can't be used: .* does not respond \(\w+\)\./,
    ],
  ];
  const violations: string[] = [];
  for (const [config, says] of tried) {
    const refused: unknown = await openS3(config)
      .check()
      .catch((error: unknown) => error);
    const is_plain = refused instanceof ConfigError && says.test(refused.message) && !refused.message.includes('\n');
    if (!is_plain) violations.push(`instead of ${says}: ${String(refused)}`);
  }
  await openS3(works)
    .check()
    .catch((error: Error) => violations.push(`settings that work: ${error.message}`));
  return violations;
}
