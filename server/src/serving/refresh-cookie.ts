import type { ErrorRequestHandler, Request as ExpressRequest, Response as ExpressResponse } from 'express';
import { BatonError, type ErrorCode } from '../errors.ts';
import type { Operation } from '../http/contract.ts';
import { siteOf } from '../http/networks.ts';
import type { Answer } from './answer.ts';
import type { Request } from './request.ts';

// A page of this server keeps its session in a cookie that no script can read (docs/decisions, 54 and 84). Everything
// that reads, sets or removes it is here.

/** The only path that browsers send the cookie to: everything else takes an access token. */
const cookie_path = '/v1/auth';

interface Exchange {
  operation: Operation;
  req: ExpressRequest;
  res: ExpressResponse;
  /** How long a session lasts without being refreshed. */
  ttl_s: number;
}

/** The fields of a body that this file reads. */
interface Keeping {
  keep?: 'cookie';
  refresh_token?: string;
}

/** Whether a request asks for its refresh token to be in the cookie. */
const isKept = ({ refresh_cookie }: Operation, { body }: Request<Operation>) =>
  refresh_cookie === 'set' && ((body ?? {}) as Keeping).keep === 'cookie';

const parsed = (url: string) => (URL.canParse(url) ? new URL(url) : undefined);

/**
 * The name of the cookie. Browsers send a cookie to every port of a host. With the port in the name, two servers on one
 * host don't sign each other's pages out.
 */
function nameFor({ secure, protocol, host }: ExpressRequest): string {
  const port = parsed(`${protocol}://${host}`)?.port ?? '';
  return `${secure ? '__Secure-' : ''}baton_refresh${port === '' ? '' : `_${port}`}`;
}

/** The values of a request's cookies with this name. There may be several, for different paths or domains. */
function cookiesOf({ headers: { cookie = '' } }: ExpressRequest, name: string): string[] {
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
}

/** Sets the cookie for that many seconds; with none, it removes the cookie. */
function setCookie({ req, res }: Omit<Exchange, 'operation' | 'ttl_s'>, value: string, seconds: number): void {
  const always = `Path=${cookie_path}; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
  res.setHeader('Set-Cookie', `${nameFor(req)}=${value}; ${always}${req.secure ? '; Secure' : ''}`);
}

/**
 * Refuses a request that a page of another site, or of another origin of this one, had a browser send. It compares
 * Sec-Fetch-Site, which no script can set, and Origin. A program that is not a browser sends neither, and has no cookie
 * that somebody else could use.
 */
function requireSameOrigin(req: ExpressRequest): void {
  const { 'sec-fetch-site': site, origin } = req.headers;
  const foreign_site = site !== undefined && site !== 'same-origin';
  // If the browser has compared the scheme, only the host is compared: a proxy that isn't trusted may have ended the
  // TLS.
  const scheme = site === 'same-origin' ? origin?.split(':', 1)[0] : req.protocol;
  const foreign_origin = origin !== undefined && parsed(`${scheme}://${req.host}`)?.origin !== origin;
  if (foreign_site || foreign_origin) throw new BatonError('cross_origin_request');
}

/** Ends the session of a refresh token, if it is one of ours, and returns whether it did. */
export type EndSession = (token: string, from: { request_id: string; ip: string; network: string }) => Promise<boolean>;

/** The most cookies with this name that are tried: anybody who sets more only wants to cause work. */
const max_cookies = 4;

/**
 * Ends the sessions of the cookies in a request that signs out, and removes the cookie. It does so whatever becomes of
 * the request, whose access token may have expired. Throws `cross_origin_request`.
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

/** Lets a request that has signed out by its cookie succeed, even if its access token was refused. */
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
  // If there are several, another host of this domain may have set one, for another session.
  const [kept, another] = cookiesOf(req, nameFor(req));
  if (body.refresh_token !== undefined || kept === undefined || another !== undefined) return request;
  return { ...request, body: { ...body, refresh_token: kept } };
}

/** Separates the refresh token from the other tokens. A response that was kept consists of bytes. */
function withoutRefreshToken({ body }: Answer): { tokens: object; refresh_token: string } {
  const whole: unknown = body instanceof Uint8Array ? JSON.parse(Buffer.from(body).toString()) : body;
  const { refresh_token, ...tokens } = whole as { refresh_token: string };
  return { tokens, refresh_token };
}

/**
 * Does what the request asks for. If it asks for the cookie, the refresh token of the response goes there instead. That
 * happens after the response has been kept under its key, so the cookie is kept nowhere, and is set again with the same
 * response. If the token is refused, the cookie is removed.
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
    // Of two cookies, one is another host's: without ours, only that one would be left.
    if (is_refused && cookiesOf(req, nameFor(req)).length === 1) setCookie({ req, res }, '', 0);
    throw error;
  }
}
