import path from 'node:path';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The folder of our own pages. */
export const own_pages = path.resolve(import.meta.dirname, '../../pages');

// The console escapes what is said in tickets, and a script that was slipped in finds no way to run or to send.
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

/** The headers of the console, whose policy is stricter: it sets no style attributes, and makes no script from text. */
export function consoleHeaders(): RequestHandler[] {
  const policy: RequestHandler = (_req, res, next) => {
    res.setHeader('Content-Security-Policy', console_policy);
    next();
  };
  return [helmet({ contentSecurityPolicy: false, strictTransportSecurity: false }), policy];
}

/** The headers of a page, which loads from this server alone. `forms`: it has one, that this server takes. */
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
    // Over plain HTTP on a developer's own machine there is nothing to be strict about.
    strictTransportSecurity: false,
  });
}
