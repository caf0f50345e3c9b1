import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Answer, type Call, create, list, login, read, transition } from './handlers.ts';
import { readWorkflows } from './present.ts';

// The floor: what is left when everything except the work is removed. It is bare node:http and pg with Baton's statements,
// prepared and pipelined as in Baton; no framework, tokens, validation, row-level security or limits. Don't use it as a server:
// it believes every caller.

async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  if (req.method === 'GET') return {};
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
}

function handlerFor(method: string, url: string): (call: Call) => Promise<Answer> {
  if (url.startsWith('/v1/auth/login')) return login;
  if (url.endsWith('/transitions')) return transition;
  if (method === 'POST') return create;
  return url.includes('?') ? list : read;
}

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { method = '', url = '' } = req;
  const [user_id = '', session_id = ''] = (req.headers.authorization ?? '').slice('Bearer '.length).split('.');
  const body = await bodyOf(req);
  const [, , , workspace_id = '', , id = ''] = url.split('/');
  const [status, content] = await handlerFor(method, url)({ user_id, session_id, workspace_id, id, url, body });
  const text = JSON.stringify(content);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

await readWorkflows();
createServer((req, res) => void answer(req, res)).listen(Number(process.env['PORT']), '127.0.0.1', () =>
  console.log('serving'),
);
process.on('SIGTERM', () => process.exit(0));
