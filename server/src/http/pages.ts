import path from 'node:path';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The folder of our own pages. */
export const own_pages = path.resolve(import.meta.dirname, '../../pages');

// The console escapes the texts of tickets. A script that got in all the same could neither run nor send anything.
const console_policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types dompurify',
].join('; ');

/**
 * The headers of the console. Its policy is stricter than that of the other pages: it sets no style attributes and
 * creates no scripts from text.
 */
export function consoleHeaders(): RequestHandler[] {
  const policy: RequestHandler = (_req, res, next) => {
    res.setHeader('Content-Security-Policy', console_policy);
    next();
  };
  return [helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }), policy];
}

/** The headers of a page that loads from this server alone. With `forms` it may send forms to this server. */
export function pageHeaders({ forms = false } = {}): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // swagger-ui sets style attributes; scripts stay strict.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: [forms ? "'self'" : "'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // `apiHeaders` sets it in production; a developer's machine serves plain HTTP.
    strictTransportSecurity: false,
  });
}
