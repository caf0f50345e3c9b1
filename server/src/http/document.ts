import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Request, Response } from 'express';
import { digestOf, entityTag } from './entity-tag.ts';
import { isKnown, readConditions, requireNoTag } from './preconditions.ts';
import { holderOf } from './send.ts';
import type { Served } from './served.ts';

/** In order of preference: the smaller one first. */
export const encodings = ['br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

/** Bytes that are served as they are. */
export interface Document {
  /** The file extension of its type, such as `.css`. */
  type: string;
  bytes: Buffer;
  tag: string;
  /** How they are compressed, if they are. */
  encoding?: Encoding;
}

export const asDocument = (type: string, bytes: Buffer): Document => ({
  type,
  bytes,
  tag: entityTag(digestOf(bytes), undefined),
});

export const readDocument = (file: string): Document => asDocument(path.extname(file), readFileSync(file));

interface Sending {
  served: Served;
  /** By default caches revalidate each time. */
  cache_control?: string;
}

/** Sends a document from memory. A stream from its file took ten times as long per request of a flood. */
export function sendDocument(
  req: Request,
  res: Response,
  { type, bytes, tag, encoding }: Document,
  { served, cache_control = 'no-cache' }: Sending,
): void {
  const holder = holderOf(req, res);
  served.requireRoom(holder);
  const conditions = readConditions(req.headers);
  requireNoTag(conditions?.if_match);
  res.setHeader('Cache-Control', cache_control);
  res.setHeader('ETag', tag);
  if (isKnown(conditions?.if_none_match, tag)) {
    res.status(304).end();
    return;
  }
  if (encoding !== undefined) res.setHeader('Content-Encoding', encoding);
  if (req.method !== 'HEAD') served.charge(holder, bytes.length);
  res.type(type).send(bytes);
}
