import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Request, Response } from 'express';
import { digestOf, entityTag } from './entity-tag.ts';
import { isKnown, readConditions, requireNoTag } from './preconditions.ts';
import { holderOf } from './send.ts';
import type { Served } from './served.ts';

/** The smaller one first. */
export const encodings = ['br', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

/** Bytes that are served as they are. */
export interface Document {
  /** The end of a file's name that has this type: `.css`. */
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
  /** Whether caches ask each time: they do by default. */
  cache_control?: string;
}

/** Sends a document from memory: streams from its file took a flood's requests ten times as long. */
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
