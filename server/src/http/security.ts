import cors from 'cors';
import type { RequestHandler } from 'express';
import type { Config } from '../config.ts';

/**
 * The headers of every response of the API. They are fixed, since no such response is a page. helmet would compute the
 * same in 22 µs per request; it is used for the pages, where its defaults matter.
 */
export function apiHeaders(config: Pick<Config, 'production'>): RequestHandler {
  const fixed: [string, string][] = [
    ['Cache-Control', 'no-store'],
    ['Vary', 'Authorization'],
    ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    ['Referrer-Policy', 'no-referrer'],
    ['X-Content-Type-Options', 'nosniff'],
    ...(config.production ? [['Strict-Transport-Security', 'max-age=31536000'] as [string, string]] : []),
  ];
  return (_req, res, next) => {
    for (const [name, value] of fixed) res.setHeader(name, value);
    next();
  };
}

/** CORS for the origins that the operator lists. Without any, browsers let no other origin read responses. */
export function allowOrigins(config: Config): RequestHandler[] {
  if (config.cors_origins.length === 0) return [];
  return [
    cors({
      origin: [...config.cors_origins],
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: [
        'Authorization',
        'Content-Type',
        'Idempotency-Key',
        'If-Match',
        'If-None-Match',
        'If-Range',
        'Last-Event-ID',
        'Range',
        'X-Request-Id',
        'traceparent',
      ],
      exposedHeaders: [
        'Accept',
        'Accept-Patch',
        'Accept-Ranges',
        'Content-Range',
        'ETag',
        'Idempotent-Replayed',
        'Link',
        'Location',
        'Retry-After',
        'RateLimit',
        'RateLimit-Policy',
        'X-Request-Id',
        'traceresponse',
      ],
      maxAge: 600,
    }),
  ];
}
