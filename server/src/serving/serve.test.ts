import { expect, test } from 'vitest';
import { login } from '../accounts/contract.ts';
import { create_ticket, get_ticket } from '../tickets/contract.ts';
import type { Response } from '../http/contract.ts';
import { render } from './answer.ts';
import type { Serve } from './serve.ts';

test('a response follows from the contract, the parameters and the result alone', () => {
  const ticket = { id: 'i', version: 7 } as Response<typeof create_ticket>;
  expect(render(create_ticket, { params: { workspace_id: 'w', project_id: 'p' } }, ticket)).toEqual({
    status: 201,
    headers: {
      Location: '/v1/workspaces/w/tickets/i',
      'Content-Type': 'application/json; charset=utf-8',
    },
    tag: { version: 7 },
    body: ticket,
  });
});

/** The compiler checks what a handler gets: `npm run typecheck` fails if one of these is not an error. */
function misuse(serve: Serve): void {
  // @ts-expect-error A read has no transaction.
  serve(get_ticket, ({ tx }) => Promise.reject(new Error(String(tx))));
  // @ts-expect-error A write's handle is its transaction.
  serve(create_ticket, ({ db }) => Promise.reject(new Error(String(db))));
  // @ts-expect-error A write in a workspace has a writer, whose right is not confirmed yet.
  serve(create_ticket, ({ caller }) => Promise.reject(new Error(String(caller))));
  // @ts-expect-error A public operation makes its own transactions.
  serve(login, ({ body }) => Promise.reject(new Error(JSON.stringify(body))));
  // @ts-expect-error A public operation has no caller.
  serve.own(login, ({ caller }) => Promise.reject(new Error(String(caller))));
}

test('a handler that misuses its context is a compile error', () => {
  expect(misuse).toBeTypeOf('function');
});
