import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

export const compose_file = path.resolve(import.meta.dirname, '../../compose.yaml');
export const compose_text = readFileSync(compose_file, 'utf8');

const service = z.looseObject({
  image: z.string().optional(),
  build: z.object({ context: z.string(), args: z.record(z.string(), z.string()) }).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  healthcheck: z.looseObject({ disable: z.boolean().optional() }).optional(),
  init: z.boolean().optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  restart: z.string().optional(),
  stop_grace_period: z.string().optional(),
  mem_limit: z.string().optional(),
  pids_limit: z.number().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
});

/** A service of compose.yaml. */
export type Service = z.infer<typeof service>;

const services = z.record(z.string(), service);

/** The services as compose.yaml has them, variables not filled in. */
export const compose_services = services.parse((parse(compose_text) as { services: unknown }).services);

/**
 * The variables that .env must set. The values contain every character that is special in a URL, a shell or compose, except `'`
 * and `\`.
 */
export const env_file: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'POSTGRES_PASSWORD',
    'BATON_OWNER_PASSWORD',
    'BATON_WEB_PASSWORD',
    'BATON_WORKER_PASSWORD',
    'BATON_SECRET',
    'BATON_JWT_KEYS',
    'BATON_AUDIT_KEY',
  ].map((name) => [name, `${name} /:@?#%&=+"$x`]),
);

/** Fills in `${NAME}`, `${NAME:-default}` and `${NAME:?why}` as compose does. */
function fillIn(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest = '') => {
    const value = variables[name] ?? '';
    if (value !== '' || kind === undefined) return value;
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

/** The services with their variables filled in. */
export function composeWith(variables: Record<string, string>): Record<string, Service> {
  const fill = (_: string, value: unknown) => (typeof value === 'string' ? fillIn(value, variables) : value);
  return services.parse(JSON.parse(JSON.stringify(compose_services), fill));
}
