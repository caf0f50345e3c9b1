import { z } from 'zod';
import { email } from '../accounts/contract.ts';
import { operation } from '../http/contract.ts';

export const request_password_reset = operation({
  id: 'request_password_reset',
  method: 'post',
  path: '/v1/auth/request-password-reset',
  tag: 'accounts',
  summary:
    'Has a one-time token to set a new password sent by mail. The response is the same whether there is an account with this address or not.',
  body: z.strictObject({ email }),
  status: 202,
  errors: ['mail_not_configured'],
});
