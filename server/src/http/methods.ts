import type { RequestHandler } from 'express';
import { BatonError } from '../errors.ts';
import { bodyTypes, type Operation } from './contract.ts';

/** Matches the paths of a route. In a deep one, the last parameter may contain slashes. */
export function matcher(path: string, deep = false): RegExp {
  const open = deep ? path.replace(/\{\w+\}$/, '.+') : path;
  return new RegExp(`^${open.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/**
 * Responds to a request that no route has served: with 405 and Allow if the path exists (RFC 9110), otherwise with 404.
 */
export function methodNotAllowed(operations: readonly Operation[]): RequestHandler {
  const paths = [...Map.groupBy(operations, ({ path }) => path)].map(([path, served]) => ({
    matches: matcher(
      path,
      served.some(({ deep }) => deep === true),
    ),
    accept_patch: served.filter(({ method }) => method === 'patch').flatMap(bodyTypes),
    allow: served.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', '),
  }));
  return (req, res) => {
    const known = paths.find(({ matches }) => matches.test(req.path));
    if (known === undefined) throw new BatonError('not_found');
    res.setHeader('Allow', known.allow);
    if (known.accept_patch.length > 0) res.setHeader('Accept-Patch', known.accept_patch.join(', '));
    throw new BatonError('method_not_allowed');
  };
}
