import path from 'node:path';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** The folder of our own pages. */
export const own_pages = path.resolve(import.meta.dirname, '../../pages');

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
