// A peer: PostGraphile before its own tracker, with a verified token, a role and row-level security, as its documentation has it.
import { createServer } from 'node:http';
import jwt from 'jsonwebtoken';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const { DATABASE_URL, BATON_POOL_SIZE, PORT, JWT_SECRET, VISITOR } = process.env;

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: ['tracker'],
      poolConfig: { max: Number(BATON_POOL_SIZE) },
    }),
  ],
  grafserv: { graphiql: false, watch: false, websockets: false },
  grafast: {
    context({ node }) {
      const token = node?.req.headers.authorization?.slice('Bearer '.length) ?? '';
      const { sub } = jwt.verify(token, JWT_SECRET, { algorithms: ['HS256'] });
      return { pgSettings: { role: VISITOR, 'jwt.claims.user_id': sub } };
    },
  },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
process.once('SIGTERM', () => process.exit(0));
