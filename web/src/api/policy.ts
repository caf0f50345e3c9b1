import { queryOptions } from '@tanstack/react-query';
import type { OperationId } from 'baton-sdk';
import { client } from './client.ts';
import { later } from './later.ts';

/** The roles that may call each operation of a workspace. */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** The policy table that the server itself uses: which roles may call which operation. */
export const policyQuery = () =>
  queryOptions({
    queryKey: ['policy'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Policy> => {
      const { operations } = await later(() => client.get_policy({}, { signal }));
      return new Map(operations.flatMap(({ id, access }) => (Array.isArray(access) ? [[id, access]] : [])));
    },
  });

/** Returns the roles that may call an operation; undefined if the table doesn't list it. */
export const rolesFor = (policy: Policy, operation: OperationId): readonly string[] | undefined =>
  policy.get(operation);
