import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { compose_file, composeWith, env_file } from '../../../harness/compose.ts';

// `docker compose` if Docker's plugin is installed, else Debian's docker-compose.
const programs = [['docker', 'compose'], ['docker-compose']] as const;

/** Runs compose on compose.yaml with these variables in .env. */
function configured([program, ...args]: (typeof programs)[number], variables: Readonly<Record<string, string>>) {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-compose-'));
  try {
    const file = path.join(dir, '.env');
    const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(file, lines.join(''));
    const { PATH = '', HOME = '' } = process.env;
    return spawnSync(program, [...args, `--env-file=${file}`, `--file=${compose_file}`, 'config'], {
      encoding: 'utf8',
      env: { PATH, HOME },
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Configured {
  services: Record<string, { environment: Record<string, string>; build?: { args?: Record<string, string> } }>;
}

/**
 * Checks our reading of compose.yaml against compose itself: it must fill in each value of .env, and refuse if one is missing.
 */
export function askCompose(): { compose: string; violations: string[] } {
  const found = programs.find(([program, ...args]) => spawnSync(program, [...args, 'version']).status === 0);
  if (found === undefined) return { compose: 'not here', violations: [] };
  const violations: string[] = [];
  const { stdout, stderr, status } = configured(found, env_file);
  if (status !== 0) return { compose: found.join(' '), violations: [`compose refuses compose.yaml: ${stderr}`] };
  const { services } = parse(stdout) as Configured;
  for (const [name, { environment, build }] of Object.entries(composeWith(env_file))) {
    const theirs = services[name];
    const differs = Object.entries({ ...environment, ...build?.args }).filter(([key, value]) => {
      const filled = { ...theirs?.environment, ...theirs?.build?.args }[key];
      return filled?.replaceAll('$$', '$') !== value;
    });
    violations.push(...differs.map(([key]) => `compose gives ${name} another ${key}`));
  }
  for (const name of Object.keys(env_file)) {
    const refused = configured(found, { ...env_file, [name]: '' });
    if (refused.status === 0 || !refused.stderr.includes('set it in .env')) {
      violations.push(`compose does not refuse an empty ${name}`);
    }
  }
  return { compose: found.join(' '), violations };
}
