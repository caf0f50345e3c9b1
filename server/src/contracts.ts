import { policy } from './access/policy.ts';
import * as accounts from './accounts/contract.ts';
import * as analytics from './analytics/contract.ts';
import * as attachments from './attachments/contract.ts';
import * as audit from './audit/contract.ts';
import * as ledger from './audit/ledger-contract.ts';
import * as comments from './comments/contract.ts';
import * as feed from './feed/contract.ts';
import type { Operation } from './http/contract.ts';
import * as probes from './http/probes-contract.ts';
import * as mail from './mail/contract.ts';
import * as notifications from './notifications/contract.ts';
import * as outcomes from './outcomes/contract.ts';
import * as preferences from './preferences/contract.ts';
import * as projects from './projects/contract.ts';
import * as reference from './reference/policy-contract.ts';
import * as bulk from './tickets/bulk-contract.ts';
import * as tickets from './tickets/contract.ts';
import * as history from './tickets/history-contract.ts';
import * as labels from './tickets/label-contract.ts';
import * as lists from './tickets/list-contract.ts';
import * as tokens from './tokens/contract.ts';
import * as views from './views/contract.ts';
import * as webhooks from './webhooks/contract.ts';
import * as bots from './workspaces/bot-contract.ts';
import * as workspaces from './workspaces/contract.ts';

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'method' in value && 'summary' in value;
}

const order = Object.keys(policy);

/** Every endpoint, in the order of the policy table, which is the order in which a client needs them. Needs no database. */
export const contracts: readonly Operation[] = [
  accounts,
  preferences,
  workspaces,
  bots,
  projects,
  tickets,
  lists,
  labels,
  history,
  bulk,
  analytics,
  views,
  comments,
  attachments,
  tokens,
  audit,
  ledger,
  feed,
  mail,
  notifications,
  webhooks,
  outcomes,
  reference,
  probes,
]
  .flatMap((domain) => Object.values(domain).filter(isOperation))
  .toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
