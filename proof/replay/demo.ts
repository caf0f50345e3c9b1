import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readEnvFile } from '../../server/src/config.ts';
import type { Looks } from './accounts.ts';
import { requireServer, runCommand, serverUrl, urlOfSettings } from './command.ts';
import { progressBar } from './progress.ts';
import { replay } from './replay.ts';

const sample = path.resolve(import.meta.dirname, 'sample/jqueryui-replay.ndjson.gz');

const usage = `Usage: npm run demo -- [--url URL]

Fills a new workspace of a running server with 200 real tickets: people, statuses, history and comments. Each run makes
a new workspace with new people.

  --url URL   the server; by default the one at HOST and PORT, the settings that npm start reads, too`;

// The sample has pseudonyms like user-af6670fd.
const names =
  'Grace Ada Alan Barbara Donald Edsger Frances Hedy John Karen Katherine Ken Leslie Margaret Niklaus Radia Robin Sophie Tim Tony Adele Joan Vint Whitfield Shafi'.split(
    ' ',
  );

function demoLooks(): Looks & { owner_email: string; shared_password: string } {
  const run = randomBytes(3).toString('hex');
  const shared_password = randomBytes(9).toString('base64url');
  const person = (n: number) => {
    const name = names[n] ?? `Person ${n}`;
    return { name, email: `${name.toLowerCase().replace(' ', '-')}@${run}.example.com` };
  };
  return {
    workspace: `Demo ${run}`,
    key: 'JQUI',
    project: 'jQuery UI (2007 to 2021)',
    person,
    password: () => shared_password,
    owner_email: person(0).email,
    shared_password,
  };
}

/** The next steps, as commands to paste. */
function whatNext(url: string, workspace_id: string, looks: ReturnType<typeof demoLooks>): string {
  const body = JSON.stringify({ email: looks.owner_email, password: looks.shared_password });
  return `
The workspace "${looks.workspace}" is ready. Its people share one password, which is shown only now:

  owner     ${looks.owner_email}
  members   ${[1, 2, 3].map((n) => looks.person(n, '').email).join(', ')} …
  password  ${looks.shared_password}

Open the console, ${url}/, and sign in with the owner's address and the password.

Or in bash:

  TOKEN=$(curl -s ${url}/v1/auth/login -H 'Content-Type: application/json' \\
    -d '${body}' | node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token')
  W=${url}/v1/workspaces/${workspace_id}
  curl -s -H "Authorization: Bearer $TOKEN" "$W/tickets?status=open&limit=5"
  curl -s -H "Authorization: Bearer $TOKEN" "$W/tickets/JQUI-1/transitions"
  curl -s -H "Authorization: Bearer $TOKEN" "$W/tickets/JQUI-1/comments"

Or in the reference, ${url}/docs: sign in with the login above, and paste the access token under Authorize.`;
}

async function run(url: string): Promise<void> {
  await requireServer(url);
  const looks = demoLooks();
  const result = await replay({ file: sample, base_url: url, clients: 8, looks, progress: progressBar() });
  for (const problem of [...result.refusals, ...result.faults].slice(0, 20)) console.error(problem);
  if (result.refusals.length + result.faults.length > 0) process.exitCode = 1;
  const moves = result.measure.count('transition');
  const comments = result.measure.count('comment');
  console.log(
    `${result.tickets} tickets. They have ${moves} transitions, and ${comments} comments without a transition.`,
  );
  console.log(whatNext(url.replace(/\/$/, ''), result.workspace_id, looks));
}

await runCommand(
  async () => {
    const { values } = parseArgs({
      options: {
        url: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      return;
    }
    readEnvFile();
    await run(values.url === undefined ? urlOfSettings(process.env) : serverUrl(values.url));
  },
  () => Promise.resolve(),
);
