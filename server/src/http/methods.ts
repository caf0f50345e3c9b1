import type { RequestHandler } from 'express';
import { BatonError } from '../errors.ts';
import { bodyTypes, type Operation } from './contract.ts';

/** Matches the paths of a route; of a deep one, the last parameter has slashes. */
export function matcher(path: string, deep = false): RegExp {
  const open = deep ? path.replace(/\{\w+\}$/, '.+') : path;
  return new RegExp(`^${open.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** For a path that exists, the methods it takes (405 and Allow, RFC 9110); for any other 404. */
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
