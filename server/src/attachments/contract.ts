import { z } from 'zod';
import { id, line, narrowing, operation, page, page_query, stored, timestamp } from '../http/contract.ts';
import { ticket_params } from '../tickets/contract.ts';

export const max_name = 255;

export const attachment = z
  .strictObject({
    id,
    ticket_id: id,
    name: stored(max_name).meta({
      description: 'The name of the file, as the uploader sent it.',
      example: 'crane.jpg',
    }),
    media_type: stored(100).meta({
      description:
        'The type of the file, detected from its first bytes. Its name and its uploader have no influence on it.',
      example: 'image/jpeg',
    }),
    size_bytes: z.int().min(0).max(2_147_483_647).meta({ format: 'int32', example: 48_213 }),
    checksum: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .max(64)
      .meta({
        description: 'The SHA-256 of its bytes, in hexadecimal.',
        example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      }),
    added_by: id.meta({ description: 'The member, or former member, who added it.' }),
    created_at: timestamp,
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof attachment>;

export const attachment_link = z
  .strictObject({
    path: z
      .string()
      .regex(/^\/files\/[\w-]+$/)
      .max(400)
      .meta({
        description:
          'The address, relative to the root of this server. A GET returns the bytes of the file, or with `Range` some of them (206, or 416 if there are none), and needs no credential.',
        example: '/files/bat_AZjB8nowfE6aVT8rbRyOkA',
      }),
    expires_at: timestamp,
  })
  .meta({ id: 'AttachmentLink' });
export type AttachmentLink = z.infer<typeof attachment_link>;

const collection = '/v1/workspaces/{workspace_id}/tickets/{ticket}/attachments';
const member = `${collection}/{attachment_id}` as const;
const attachment_params = ticket_params.extend({ attachment_id: id });

export const add_attachment = operation({
  id: 'add_attachment',
  method: 'post',
  path: collection,
  tag: 'attachments',
  summary: 'Adds a file to a ticket. The body is the file, byte for byte; its name is in the query.',
  params: ticket_params,
  query: z.strictObject({
    name: line(max_name).meta({ description: 'The name of the file: Unicode text in one line.', example: 'crane.jpg' }),
  }),
  upload: true,
  status: 201,
  response: attachment,
  location: '/v1/workspaces/{workspace_id}/tickets/{ticket_id}/attachments/{id}',
  errors: ['attachments_not_configured', 'project_archived', 'request_timeout'],
});

export const list_attachments = operation({
  id: 'list_attachments',
  method: 'get',
  path: collection,
  tag: 'attachments',
  summary: 'Lists a ticket’s attachments, oldest first.',
  params: ticket_params,
  query: page_query.extend(narrowing(attachment)),
  status: 200,
  response: page(attachment),
  errors: ['invalid_cursor'],
});

export const get_attachment = operation({
  id: 'get_attachment',
  method: 'get',
  path: member,
  tag: 'attachments',
  summary: 'Returns an attachment’s name, type, size and hash, without its bytes.',
  params: attachment_params,
  query: z.strictObject(narrowing(attachment)),
  status: 200,
  response: attachment,
});

export const get_attachment_link = operation({
  id: 'get_attachment_link',
  method: 'get',
  path: `${member}/link`,
  tag: 'attachments',
  summary:
    'Returns a signed address of the file. It is valid for five minutes, and only while the caller may read the attachment.',
  params: attachment_params,
  query: z.strictObject(narrowing(attachment_link)),
  status: 200,
  response: attachment_link,
});

export const remove_attachment = operation({
  id: 'remove_attachment',
  method: 'delete',
  path: member,
  tag: 'attachments',
  summary:
    'Removes a file from a ticket, and deletes its bytes permanently. The member who added it may do so, and admins.',
  params: attachment_params,
  status: 204,
  errors: ['project_archived'],
});
