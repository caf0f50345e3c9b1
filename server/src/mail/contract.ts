import { z } from 'zod';
import { email } from '../accounts/contract.ts';
import { operation, verbatim } from '../http/contract.ts';

export const request_password_reset = operation({
  id: 'request_password_reset',
  method: 'post',
  path: '/v1/auth/request-password-reset',
  tag: 'accounts',
  summary:
    'Sends a one-time token for a new password by mail. The response is the same whether or not an account has this address.',
  body: z.strictObject({ email }),
  status: 202,
  errors: ['mail_not_configured'],
});

export const request_email_change = operation({
  id: 'request_email_change',
  method: 'post',
  path: '/v1/me/email-change',
  tag: 'accounts',
  summary:
    'Sends a one-time token to a new address, which becomes the account’s once it is confirmed, or to the account’s current address, to confirm it.',
  body: z.strictObject({ email, current_password: verbatim({ min: 1, max: 256 }).meta({ format: 'password' }) }),
  status: 202,
  errors: ['invalid_credentials', 'mail_not_configured'],
});

export const confirm_email = operation({
  id: 'confirm_email',
  method: 'post',
  path: '/v1/auth/confirm-email',
  tag: 'accounts',
  summary:
    'Confirms an address with the one-time token that was mailed to it. A new address becomes the account’s, and the former address gets a mail about it.',
  body: z.strictObject({ token: verbatim({ max: 200 }) }),
  status: 204,
  errors: ['invalid_confirmation_token', 'email_taken'],
});
