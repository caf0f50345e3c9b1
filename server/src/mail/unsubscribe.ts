import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Request, type Response, Router } from 'express';
import { transaction } from '../db/transaction.ts';
import { own_pages, pageHeaders } from '../http/pages.ts';
import { endMail } from '../notifications/settings.ts';
import type { Services } from '../services.ts';
import { unsubscriberOf } from './unsubscribe-token.ts';

const frame = readFileSync(path.join(own_pages, 'unsubscribe.html'), 'utf8');

const question = `<h1>No more mail?</h1>
<p>You get no more mail about what happens to tickets of this workspace. Your inbox there stays as it is.</p>
<form method="post"><button>Send no more mail</button></form>`;
const done = `<h1>Done</h1>
<p>You get no more mail about what happens to tickets of this workspace. In its notification settings you can have it again.</p>`;
const unknown = `<h1>Nothing was changed</h1>
<p>This link is not valid, or not any more. Sign in, and choose in the notification settings of your workspace what you get a mail of.</p>`;

/**
 * Ends mail of notifications by the link that each has, without signing in. GET only asks: what looks at links must change nothing.
 * POST does it, with whatever body: mail programs send `List-Unsubscribe=One-Click` (RFC 8058, section 3.2), and no cookie.
 */
export function unsubscribeRouter({ pool, config: { secret } }: Pick<Services, 'pool' | 'config'>): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const memberOf = ({ query: { token } }: Request) =>
    typeof token === 'string' ? unsubscriberOf(secret, token) : undefined;
  const say = (res: Response, status: number, content: string) =>
    res
      .status(status)
      .type('text/html')
      .send(frame.replace('<!-- content -->', () => content));
  router.use('/unsubscribe', pageHeaders({ forms: true }));
  router.get('/unsubscribe', (req, res) => {
    const member = memberOf(req);
    say(res, member === undefined ? 404 : 200, member === undefined ? unknown : question);
  });
  router.post('/unsubscribe', async (req, res) => {
    const member = memberOf(req);
    if (member === undefined) {
      say(res, 404, unknown);
      return;
    }
    await transaction(pool, member, (tx) => endMail(tx, member));
    say(res, 200, done);
  });
  return router;
}
