import { randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import express, { type NextFunction, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { z } from 'zod';

// The baseline: such a service as it is usually written, in the same schema. It uses Express, pg, jsonwebtoken with a string
// secret, zod, helmet, express-rate-limit, a middleware for each concern and one query for each step. It connects as the
// database's owner, as such services do, so it has no row-level security.

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['BATON_POOL_SIZE']),
});
const secret = process.env['JWT_SECRET'] ?? '';

interface Authenticated extends Request {
  user?: { id: string };
  role?: string;
}

const app = express();
app.use(helmet());
app.use(rateLimit({ windowMs: 60_000, limit: 100_000_000 }));
app.use(express.json());

async function authenticate(req: Authenticated, res: Response, next: NextFunction) {
  const token = req.headers.authorization?.replace('Bearer ', '');
  if (token === undefined) return res.status(401).json({ error: 'Unauthorized' });
  try {
    const payload = jwt.verify(token, secret) as jwt.JwtPayload;
    const { rows } = await pool.query('SELECT id, email, name, disabled_at FROM users WHERE id = $1', [payload.sub]);
    if (rows.length === 0 || rows[0].disabled_at !== null) return res.status(401).json({ error: 'Unauthorized' });
    req.user = rows[0];
    return next();
  } catch {
    return res.status(401).json({ error: 'Unauthorized' });
  }
}

const authorize =
  (...roles: string[]) =>
  async (req: Authenticated, res: Response, next: NextFunction) => {
    const { rows } = await pool.query('SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2', [
      req.params['workspace_id'],
      req.user?.id,
    ]);
    if (rows.length === 0) return res.status(404).json({ error: 'Not found' });
    if (!roles.includes(rows[0].role)) return res.status(403).json({ error: 'Forbidden' });
    req.role = rows[0].role;
    return next();
  };

const validate = (schema: z.ZodType) => (req: Request, res: Response, next: NextFunction) => {
  const parsed = schema.safeParse(req.body);
  if (!parsed.success) return res.status(422).json({ errors: parsed.error.issues });
  req.body = parsed.data;
  return next();
};

async function workflowOf(db: pg.Pool | pg.PoolClient, workspace_id: string, project_id: string) {
  const { rows } = await db.query(
    'SELECT w.definition FROM workflows w JOIN projects p ON p.workspace_id = w.workspace_id AND p.id = w.project_id AND p.workflow_version = w.version WHERE w.workspace_id = $1 AND w.project_id = $2',
    [workspace_id, project_id],
  );
  return rows[0].definition as { transitions: { from: string; to: string }[] };
}

const member = [authenticate, authorize('owner', 'admin', 'member')] as const;
const reader = [authenticate, authorize('owner', 'admin', 'member', 'viewer')] as const;

app.get('/v1/workspaces/:workspace_id/tickets', ...reader, async (req, res) => {
  const query = z.object({ status: z.string(), limit: z.coerce.number().max(100).default(50) }).parse(req.query);
  const { rows } = await pool.query(
    'SELECT * FROM tickets WHERE workspace_id = $1 AND status = $2 AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT $3',
    [req.params['workspace_id'], query.status, query.limit + 1],
  );
  const last = rows[query.limit - 1];
  const next_cursor =
    rows.length > query.limit ? Buffer.from(`${last.created_at.toISOString()} ${last.id}`).toString('base64') : null;
  res.json({ data: rows.slice(0, query.limit), next_cursor });
});

app.get('/v1/workspaces/:workspace_id/tickets/:id', ...reader, async (req, res) => {
  const { workspace_id, id } = req.params;
  const { rows } = await pool.query(
    'SELECT * FROM tickets WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL',
    [workspace_id, id],
  );
  if (rows.length === 0) return res.status(404).json({ error: 'Not found' });
  const workflow = await workflowOf(pool, workspace_id as string, rows[0].project_id);
  const next = workflow.transitions.filter(({ from }) => from === rows[0].status).map(({ to }) => to);
  return res.json({ ...rows[0], allowed_transitions: next });
});

const newTicket = z.object({
  title: z.string().min(1).max(512),
  description: z.string().default(''),
  priority: z.enum(['none', 'low', 'medium', 'high', 'urgent']).default('none'),
});

app.post(
  '/v1/workspaces/:workspace_id/projects/:id/tickets',
  ...member,
  validate(newTicket),
  async (req: Authenticated, res) => {
    const { workspace_id, id: project_id } = req.params;
    const { title, description, priority } = req.body;
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const project = await client.query(
        'UPDATE projects SET last_number = last_number + 1 WHERE workspace_id = $1 AND id = $2 RETURNING key, last_number',
        [workspace_id, project_id],
      );
      const ticket = await client.query(
        `INSERT INTO tickets (workspace_id, id, project_id, number, title, description, initial_status, status, priority, reporter_id, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'open', 'open', $7, $8, now(), now()) RETURNING *`,
        [
          workspace_id,
          randomUUID(),
          project_id,
          project.rows[0].last_number,
          title,
          description,
          priority,
          req.user?.id,
        ],
      );
      await client.query(
        `INSERT INTO service_audit (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id)
       VALUES ($1, $2, $3, 'ticket.created', 'ticket', $4, 1, $5, $6)`,
        [workspace_id, randomUUID(), req.user?.id, ticket.rows[0].id, JSON.stringify(ticket.rows[0]), randomUUID()],
      );
      await client.query('COMMIT');
      res.status(201).json({ ...ticket.rows[0], key: `${project.rows[0].key}-${ticket.rows[0].number}` });
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  },
);

const step = z.object({ to: z.string(), comment: z.string().optional() });

app.post(
  '/v1/workspaces/:workspace_id/tickets/:id/transitions',
  ...member,
  validate(step),
  async (req: Authenticated, res) => {
    const { workspace_id, id } = req.params as { workspace_id: string; id: string };
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const found = await client.query(
        'SELECT * FROM tickets WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE',
        [workspace_id, id],
      );
      const ticket = found.rows[0];
      const workflow = ticket === undefined ? undefined : await workflowOf(client, workspace_id, ticket.project_id);
      if (workflow?.transitions.some(({ from, to }) => from === ticket.status && to === req.body.to) !== true) {
        await client.query('ROLLBACK');
        return res.status(409).json({ error: 'Transition not allowed' });
      }
      const updated = await client.query(
        'UPDATE tickets SET status = $3, status_sequence = status_sequence + 1, version = version + 1, updated_at = greatest(now(), updated_at) WHERE workspace_id = $1 AND id = $2 RETURNING *',
        [workspace_id, id, req.body.to],
      );
      const history = await client.query(
        `INSERT INTO status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status, actor_id, created_at)
       VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9) RETURNING *`,
        [
          workspace_id,
          id,
          updated.rows[0].status_sequence,
          randomUUID(),
          ticket.project_id,
          ticket.status,
          req.body.to,
          req.user?.id,
          updated.rows[0].updated_at,
        ],
      );
      await client.query(
        `INSERT INTO service_audit (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before, after, request_id)
       VALUES ($1, $2, $3, 'ticket.transitioned', 'ticket', $4, $5, $6, $7, $8)`,
        [
          workspace_id,
          randomUUID(),
          req.user?.id,
          id,
          updated.rows[0].version,
          JSON.stringify({ status: ticket.status }),
          JSON.stringify({ status: req.body.to }),
          randomUUID(),
        ],
      );
      await client.query('COMMIT');
      return res.status(201).json({ transition: history.rows[0], ticket: updated.rows[0] });
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  },
);

const credentials = z.object({ email: z.email(), password: z.string() });

app.post('/v1/auth/login', validate(credentials), async (req, res) => {
  const { rows } = await pool.query('SELECT id, email, name FROM users WHERE email = $1', [req.body.email]);
  const hash = await pool.query('SELECT password_hash FROM user_credentials WHERE user_id = $1', [rows[0].id]);
  // A hash of its own would be of the password itself; comparing with Baton's hash takes the same work.
  await bcrypt.compare(req.body.password, hash.rows[0].password_hash);
  const session_id = randomUUID();
  const refresh_token = randomUUID();
  await pool.query("INSERT INTO sessions (user_id, id, expires_at) VALUES ($1, $2, now() + interval '30 days')", [
    rows[0].id,
    session_id,
  ]);
  await pool.query('INSERT INTO refresh_tokens (user_id, session_id, token_hash) VALUES ($1, $2, sha256($3))', [
    rows[0].id,
    session_id,
    refresh_token,
  ]);
  res.json({ user: rows[0], access_token: jwt.sign({ sub: rows[0].id }, secret, { expiresIn: '15m' }), refresh_token });
});

// An audit log as it is usually kept: a separate table, with an index for each kind of read.
await pool.query(`
  CREATE TABLE IF NOT EXISTS service_audit (workspace_id uuid NOT NULL REFERENCES workspaces, id uuid NOT NULL,
    actor_id uuid NOT NULL, action text NOT NULL, subject_type text NOT NULL, subject_id uuid NOT NULL,
    subject_version integer, before jsonb, after jsonb, request_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (workspace_id, id));
  CREATE INDEX IF NOT EXISTS service_audit_created ON service_audit (workspace_id, created_at, id);
  CREATE INDEX IF NOT EXISTS service_audit_subject ON service_audit (workspace_id, subject_id, created_at, id);
  CREATE INDEX IF NOT EXISTS service_audit_actor ON service_audit (workspace_id, actor_id, created_at, id);
  CREATE INDEX IF NOT EXISTS service_audit_action ON service_audit (workspace_id, action, created_at, id)`);
app.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('serving'));
process.on('SIGTERM', () => process.exit(0));
