import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Podman } from '../../../harness/podman.ts';
import { type Built, marker } from './build.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const served = new Set(['.js', '.map', '.sql', '.json', '.css', '.html', '.md']);

/** What the image has in /app beyond what serving needs. */
function superfluous(app: string): string[] {
  const beside = readdirSync(app).filter((name) => !['dist', 'node_modules', 'package.json', 'web'].includes(name));
  const { devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const modules = readdirSync(path.join(app, 'node_modules'), { recursive: true, encoding: 'utf8' });
  const installed = new Set(modules);
  const unneeded = Object.keys({ ...devDependencies, ...optionalDependencies }).filter((name) => installed.has(name));
  const dist = readdirSync(path.join(app, 'dist'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(app, path.join(entry.parentPath, entry.name)));
  const odd = dist.filter((file) => !served.has(path.extname(file)) || file.includes('.test.'));
  const web = path.join(app, 'web');
  const sources = existsSync(web) ? readdirSync(web).filter((name) => name !== 'dist') : [];
  return [
    ...beside,
    ...odd,
    ...sources.map((name) => `web/${name}`),
    ...unneeded.map((name) => `node_modules/${name}`),
  ];
}

/** The files that contain the marker of private files. */
function leaks(dir: string): string[] {
  const { stdout } = spawnSync('grep', ['-rlF', '--devices=skip', marker, dir], { encoding: 'utf8' });
  return stdout.split('\n').filter((file) => file !== '');
}

/** Returns what the image and its layers should not contain. */
export async function lookInside(podman: Podman, { image, stage }: Built): Promise<string[]> {
  const violations: string[] = [];
  for (const name of [image, stage]) {
    const mounted = await podman.do(['image', 'mount', name]);
    const kind = name === image ? 'the image' : 'the stage that builds';
    violations.push(...leaks(mounted).map((file) => `${kind} holds a secret in ${path.relative(mounted, file)}`));
    if (name === image) {
      violations.push(...superfluous(path.join(mounted, 'app')).map((file) => `the image holds ${file}`));
    }
    await podman.do(['image', 'unmount', name]);
    const told = [await podman.do(['history', '--no-trunc', name]), await podman.do(['image', 'inspect', name])];
    if (told.join('').includes(marker)) violations.push(`the history of ${kind} holds a secret`);
  }
  const user = (await podman.do(['image', 'inspect', '--format', '{{.Config.User}}', image])).trim();
  if (['', '0', 'root'].includes(user)) violations.push('the image runs as root');
  return violations;
}
