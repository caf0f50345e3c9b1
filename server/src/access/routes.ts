import { contracts } from '../contracts.ts';
import type { Routes } from '../http/handle.ts';
import * as contract from './contract.ts';
import { accessOf } from './policy.ts';

export function accessRoutes(routes: Routes): void {
  const operations = contracts.map(({ id, method, path }) => {
    const access = accessOf(id);
    return {
      id,
      method: method.toUpperCase() as Uppercase<typeof method>,
      path,
      access: typeof access === 'string' ? access : [...access],
    };
  });
  routes.open(contract.get_policy, () => Promise.resolve({ operations }));
}
