import type { ErrorRequestHandler, Request as ExpressRequest, Response as ExpressResponse } from 'express';
import { BatonError, type ErrorCode } from '../errors.ts';
import type { Operation } from '../http/contract.ts';
import { siteOf } from '../http/networks.ts';
import type { Answer } from './answer.ts';
import type { Request } from './request.ts';

// A page of this server's own keeps its session in a cookie that no script can read (docs/decisions, 54 and 84).
// Everything that reads, sets or removes it is here.

/** The one place that the cookie is sent to: everything else takes an access token. */
const cookie_path = '/v1/auth';

interface Exchange {
  operation: Operation;
  req: ExpressRequest;
  res: ExpressResponse;
  /** How long a session lasts that isn't refreshed. */
  ttl_s: number;
}

/** What the parts of this file look at in a body. */
interface Keeping {
  keep?: 'cookie';
  refresh_token?: string;
}

/** Whether a request asks that its refresh token be in the cookie. */
const isKept = ({ refresh_cookie }: Operation, { body }: Request<Operation>) =>
  refresh_cookie === 'set' && ((body ?? {}) as Keeping).keep === 'cookie';

const parsed = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);

/** Cookies know no ports: with the port in its name, two servers on one host don't sign each other's pages out. */
function nameFor({ secure, protocol, host }: ExpressRequest): string {
  const port = parsed(`${protocol}://${host}`)?.port ?? '';
  return `${secure ? '__Secure-' : ''}baton_refresh${port === '' ? '' : `_${port}`}`;
}

/** The cookies of a request that have this name: there may be several, for paths or domains of their own. */
function cookiesOf({ headers: { cookie = '' } }: ExpressRequest, name: string): string[] {
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
}

/** Sets the cookie for so many seconds; for none, it removes it. */
function setCookie({ req, res }: Omit<Exchange, 'operation' | 'ttl_s'>, value: string, seconds: number): void {
  const always = `Path=${cookie_path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  res.setHeader('Set-Cookie', `${nameFor(req)}=${value}; ${always}${req.secure ? '; Secure' : ''}`);
}

/**
 * Refuses what another site, or another origin of this one, had a browser send: by what the browser says of it, in the
 * header that no script can set, and by the page's origin. A program that is no browser sends neither, and has no cookie that
 * somebody else could use.
 */
function requireSameOrigin(req: ExpressRequest): void {
  const { 'sec-fetch-site': site, origin } = req.headers;
  const foreign_site = site !== undefined && site !== 'same-origin';
  // Where the browser has compared the scheme, the host alone counts: a proxy that isn't trusted may have ended the TLS.
  const scheme = site === 'same-origin' ? origin?.split(':', 1)[0] : req.protocol;
  const foreign_origin = origin !== undefined && parsed(`${scheme}://${req.host}`)?.origin !== origin;
  if (foreign_site || foreign_origin) throw new BatonError('cross_origin_request');
}

/** Ends the session of a refresh token, if it is one of ours; tells whether it did. */
export type EndSession = (token: string, from: { request_id: string; ip: string; network: string }) => Promise<boolean>;

/** So many cookies of the name are tried at most: others can only be set to make work. */
const max_cookies = 4;

/**
 * Ends the sessions whose cookies come with a request that signs out, and removes the cookie, whatever becomes of the request: its access
 * token may have expired. Throws `cross_origin_request`.
 */
export async function endOnSignOut(
  { refresh_cookie }: Operation,
  { req, res, endSession }: { req: ExpressRequest; res: ExpressResponse; endSession: EndSession },
): Promise<void> {
  if (refresh_cookie !== 'removed') return;
  const tokens = cookiesOf(req, nameFor(req));
  if (tokens.length === 0) return;
  requireSameOrigin(req);
  setCookie({ req, res }, '', 0);
  const { ip = '' } = req;
  const from = { request_id: res.locals['request_id'] as string, ip, network: siteOf(ip) };
  for (const token of tokens.slice(0, max_cookies)) {
    if (await endSession(token, from)) res.locals['signed_out'] = true;
  }
}

const refusals: readonly ErrorCode[] = ['unauthenticated', 'invalid_token', 'session_ended'];

/** Who has been signed out by the cookie has what they asked for, also where the access token was good for nothing. */
export const signedOut: ErrorRequestHandler = (error, _req, res, next) => {
  const is_refused = error instanceof BatonError && refusals.includes(error.code);
  if (is_refused && res.locals['signed_out'] === true) res.status(204).end();
  else next(error);
};

/** The request with the refresh token of its cookie in its body, if it asks for that. Throws `cross_origin_request`. */
export function withCookie(operation: Operation, req: ExpressRequest, request: Request<Operation>): Request<Operation> {
  if (!isKept(operation, request)) return request;
  requireSameOrigin(req);
  const body = request.body as Keeping;
  // Where there are several, another host of this domain may have set one, for a session of its own.
  const [kept, another] = cookiesOf(req, nameFor(req));
  if (body.refresh_token !== undefined || kept === undefined || another !== undefined) return request;
  return { ...request, body: { ...body, refresh_token: kept } };
}

/** The tokens without the refresh token, and that token: also of a response that was kept, in its bytes. */
function withoutRefreshToken({ body }: Answer): { tokens: object; refresh_token: string } {
  const whole: unknown = body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString()) : body;
  const { refresh_token, ...tokens } = whole as { refresh_token: string };
  return { tokens, refresh_token };
}

/**
 * Does what the request asks for. Where it says so, the refresh token of the response goes into the cookie instead: here, after
 * a response has been kept under its key, so that the cookie is nowhere kept, and is set again with the same response.
 * A token that is refused is removed.
 */
export async function keptInCookie(
  { operation, req, res, ttl_s }: Exchange,
  request: Request<Operation>,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!isKept(operation, request)) return work();
  try {
    const answer = await work();
    const { tokens, refresh_token } = withoutRefreshToken(answer);
    setCookie({ req, res }, refresh_token, ttl_s);
    return { ...answer, body: tokens };
  } catch (error) {
    const is_refused = error instanceof BatonError && error.code === 'invalid_refresh_token';
    // Of two, one is another host's: without ours, that alone would be left.
    if (is_refused && cookiesOf(req, nameFor(req)).length === 1) setCookie({ req, res }, '', 0);
    throw error;
  }
}
