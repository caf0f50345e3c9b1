import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import * as contract from './contract.ts';
import { confirmEmail, requestEmailChange } from './email-change.ts';
import { requestPasswordReset } from './request-password-reset.ts';

export function mailRoutes(serve: Serve, services: Services): void {
  serve.own(contract.request_password_reset, (request) => requestPasswordReset(services, request));
  serve.own(contract.request_email_change, (context) => requestEmailChange(services, context));
  serve.own(contract.confirm_email, (request) => confirmEmail(services, request));
}
