import type { GivenUpDelivery, GivenUpMail, SetAsideRow } from './queries.ts';
import type { Consumer, Report } from './report.ts';

const units: [name: string, seconds: number][] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/** A duration in the largest unit of which it has at least two. */
function lasting(seconds: number): string {
  const [name, unit] = units.find(([, of]) => seconds >= 2 * of) ?? ['s', 1];
  return `${Math.max(0, Math.floor(seconds / unit))} ${name}`;
}

const times = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
const tries = (attempts: number) => times(attempts, 'attempt');
const numbered = (count: number) => count.toLocaleString('en');

/** Lines of columns, each as wide as its longest cell. */
function inColumns(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, n) => Math.max(...rows.map((row) => row[n]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd());
}

const consumerRow = ({ what, count, oldest_s }: Consumer) => [
  what,
  numbered(count),
  oldest_s === null ? '' : `oldest ${lasting(oldest_s)}`,
];

const deliveryRow = (row: GivenUpDelivery) => [
  `webhook ${row.webhook_id}`,
  `event ${row.event_id}`,
  `workspace ${row.workspace_id}`,
  `${lasting(row.age_s)} ago, after ${tries(row.attempts)}`,
  String(row.last_status ?? row.last_error ?? ''),
];

const setAsideRow = ({ task, subject_id, workspace_id, failing_s, failures, tried_s, error }: SetAsideRow) => [
  task,
  subject_id === workspace_id ? `workspace ${workspace_id}` : `webhook ${subject_id} of workspace ${workspace_id}`,
  `for ${lasting(failing_s)}`,
  `failed ${times(failures, 'time')}, last ${lasting(tried_s)} ago`,
  error,
];

const mailRow = ({ id, kind, reason, attempts, age_s }: GivenUpMail) => [
  `mail ${id}`,
  kind ?? 'unknown',
  `${reason} after ${tries(attempts)}`,
  `${lasting(age_s)} ago`,
];

/** A list under its title, with its length and the command that retries its rows. */
function section<Row>(
  title: string,
  { count, listed }: { count: number; listed: Row[] },
  { rowOf, retry }: { rowOf: (row: Row) => string[]; retry: string },
): string[] {
  if (count === 0) return ['', `${title}: none`];
  const more = count > listed.length ? [`  and ${numbered(count - listed.length)} more`] : [];
  return [
    '',
    `${title}: ${numbered(count)}   (npm run jobs -- retry ${retry})`,
    ...inColumns(listed.map(rowOf)),
    ...more,
  ];
}

/** The report as text. */
export function printed({ waiting, upkeep, given_up_deliveries, set_aside, given_up_mails }: Report): string {
  return [
    'Waiting for the worker:',
    ...inColumns([...waiting, ...upkeep].map(consumerRow)),
    ...section('Deliveries given up', given_up_deliveries, { rowOf: deliveryRow, retry: 'delivery WEBHOOK EVENT' }),
    ...section('Set aside', set_aside, { rowOf: setAsideRow, retry: 'set-aside WORKSPACE_OR_WEBHOOK' }),
    ...section('Mails given up', given_up_mails, { rowOf: mailRow, retry: 'mail MAIL' }),
  ].join('\n');
}
