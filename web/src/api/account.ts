import { client } from './client.ts';

/**
 * Asks the server to mail a link for setting a new password. The response is the same for an address without an
 * account.
 */
export async function requestPasswordReset(email: string): Promise<void> {
  await client.request_password_reset({ body: { email } });
}

export async function resetPassword(body: { token: string; new_password: string }): Promise<void> {
  await client.reset_password({ body });
}

export async function confirmEmail(token: string): Promise<void> {
  await client.confirm_email({ body: { token } });
}
