import { build_command } from '../http/console-build.ts';
import { version } from '../lib/project.ts';

interface Up {
  url: string;
  /** In words. */
  database: string;
  processes: number;
  /** Whether the console is built. */
  has_console: boolean;
}

/** The text that is printed once the server serves: what to open first, and how to begin without the console. */
export function welcome({ url, database, processes, has_console }: Up): string {
  const account = '{"email":"ada@example.com","password":"correct horse battery","name":"Ada"}';
  const missing = `is not built: run ${build_command}, and start Baton again`;
  return [
    '',
    `Baton ${version} serves ${url}${processes > 1 ? ` from ${processes} processes` : ''}`,
    `  console    ${has_console ? `${url}/ (open this first)` : missing}`,
    `  reference  ${url}/docs`,
    `  database   ${database}`,
    '',
    has_console ? 'Create an account there, or with:' : 'Create an account:',
    `  curl -s ${url}/v1/auth/register -H 'Content-Type: application/json' -d '${account}'`,
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}
