import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Request, type Response, Router } from 'express';
import { BatonError } from '../errors.ts';
import { own_pages, pageHeaders } from './pages.ts';

const frame = readFileSync(path.join(own_pages, 'unsubscribe.html'), 'utf8');

const question = `<h1>No more mail?</h1>
<p>This button stops all mails about what happens in the workspace that sent you this link. Your inbox there stays as it is.</p>
<form method="post"><button>Stop these mails</button></form>`;
const done = `<h1>Done</h1>
<p>You will get no more mails about what happens in this workspace. You can turn them on again in its notification settings.</p>`;
const unknown = `<h1>Nothing was changed</h1>
<p>This link is not valid, or no longer valid. Sign in, and choose your mails in the notification settings of your workspace.</p>`;

interface Unsubscribing {
  isValid: (token: string) => boolean;
  /** Ends the mails that this token is for. */
  end: (token: string) => Promise<void>;
}

/**
 * Stops notification mails by the link in each of them, without signing in. GET only asks, because programs that scan
 * links must not change anything. POST stops the mails, whatever its body: mail programs send
 * `List-Unsubscribe=One-Click` (RFC 8058, section 3.2) and no cookie.
 */
export function unsubscribeRouter({ isValid, end }: Unsubscribing): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const tokenOf = ({ query: { token } }: Request) => (typeof token === 'string' && isValid(token) ? token : undefined);
  const say = (res: Response, status: number, content: string) =>
    res
      .status(status)
      .type('text/html')
      .send(frame.replace('<!-- content -->', () => content));
  router.use('/unsubscribe', pageHeaders({ forms: true }));
  router.get('/unsubscribe', (req, res) => {
    const is_valid = tokenOf(req) !== undefined;
    say(res, is_valid ? 200 : 404, is_valid ? question : unknown);
  });
  router.post('/unsubscribe', async (req, res) => {
    const token = tokenOf(req);
    if (token !== undefined) await end(token);
    say(res, token === undefined ? 404 : 200, token === undefined ? unknown : done);
  });
  router.all('/unsubscribe', (_req, res) => {
    res.setHeader('Allow', 'GET, HEAD, POST');
    throw new BatonError('method_not_allowed');
  });
  return router;
}
