import { accessOf, scopeOf, tokensOf } from '../access/policy.ts';
import { contracts } from '../contracts.ts';
import type { Serve } from '../serving/serve.ts';
import * as contract from './policy-contract.ts';

export function referenceRoutes(serve: Serve): void {
  const operations = contracts.map(({ id, method, path }) => {
    const access = accessOf(id);
    return {
      id,
      method: method.toUpperCase() as Uppercase<typeof method>,
      path,
      access: typeof access === 'string' ? access : [...access],
      tokens: tokensOf(id),
      scope: scopeOf(id),
    };
  });
  serve.own(contract.get_policy, () => Promise.resolve({ operations }));
}
