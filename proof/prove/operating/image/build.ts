import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import tls from 'node:tls';
import type { SourceReplacement } from '../../../harness/patch.ts';
import type { Podman } from '../../../harness/podman.ts';
import { takeDownOnSignal } from '../../../harness/take-down.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
const tools = path.join(root, 'tools/image');
const debian = path.join(tools, 'debian.tar');
const base = 'localhost/baton-base';

/** A text in every file that an image must not contain. */
export const marker = 'must-not-be-in-the-image';

type Progress = (done: number) => void;

/** Downloads Debian's system once and keeps it next to the tools. */
async function installDebian(progress: Progress): Promise<void> {
  if (existsSync(debian)) return;
  const unfinished = path.join(tools, `unfinished-${process.pid}.tar`);
  const args = ['--variant=minbase', 'bookworm', unfinished, 'http://deb.debian.org/debian'];
  const child = spawn('mmdebstrap', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  const remove = () => rmSync(unfinished, { force: true });
  const forget = takeDownOnSignal(async () => {
    child.kill('SIGTERM');
    await ended;
    remove();
  });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
    progress(Math.min(1, output.split('\nI: ').length / 12));
  });
  try {
    if ((await ended) !== 0) throw new Error(`mmdebstrap: ${output.slice(-1500)}`);
    renameSync(unfinished, debian);
  } finally {
    forget();
    remove();
  }
}

/** Installs the npm of the base image; its Node is the one that npm installed for the project. */
function installNpm(): void {
  if (existsSync(path.join(tools, 'node_modules/npm'))) return;
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: tools,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ci in tools/image: ${stderr}`);
}

const step = /^(?:\[(\d)\/(\d)\] )?STEP (\d+)\/(\d+)/;

/** Reports the progress of a build from what it prints. */
function watchSteps(progress: Progress): (line: string) => void {
  return (line) => {
    const found = step.exec(line);
    if (found === null) return;
    const [stage = 1, stages = 1, at = 0, of = 1] = found.slice(1).map((digits) => Number(digits ?? 1));
    progress((stage - 1 + (at - 1) / of) / stages);
  };
}

const build = ['build', '--format=docker', '--network=host', '--pull=never'];

/** Builds a base image with the layout of Node's official one, from Debian's packages and npm's Node. */
export async function buildBase(podman: Podman, progress: Progress): Promise<void> {
  if ((await podman.run(['image', 'exists', base])).status === 0) return;
  await installDebian((done) => progress(done * 0.8));
  installNpm();
  const node = path.join(root, `node_modules/node-linux-${process.arch}`);
  const contexts = [`--build-context=node=${node}`, `--build-context=npm=${tools}/node_modules/npm`];
  await podman.do(
    [...build, ...contexts, `--tag=${base}`, tools],
    watchSteps((done) => progress(0.8 + done * 0.2)),
  );
}

/** Private files in a developer's folder, which no image may contain. */
const private_files = ['.env', '.env.local', '.git/config', '.baton/secrets.json', 'server/.env', 'server/.env.local'];

/** Copies the project's folder as a developer has it, with secrets in it, and breaks the Dockerfile if asked to. */
function copyProject(dir: string, broken: readonly SourceReplacement[]): void {
  const left_out = new Set(['node_modules', '.git', '.baton', 'dist', 'tools']);
  cpSync(root, dir, { recursive: true, filter: (from) => !left_out.has(path.relative(root, from)) });
  for (const file of private_files) {
    const at = path.join(dir, file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, `SECRET=${marker}\n`);
  }
  for (const { file, find, replace } of broken) {
    const at = path.join(dir, 'server/src', file);
    const text = readFileSync(at, 'utf8');
    if (!text.includes(find)) throw new Error(`There is no ${find} in ${file}.`);
    writeFileSync(
      at,
      text.replace(find, () => replace),
    );
  }
}

/** Writes the files that Docker gets behind a mirror: the registry and the trusted authorities of npm here. */
function writeNpmrc(dir: string): { npmrc: string; authorities: string } {
  const npmrc = path.join(dir, 'npmrc');
  const authorities = path.join(dir, 'authorities.pem');
  const { stdout: registry } = spawnSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' });
  writeFileSync(npmrc, `; ${marker}\nregistry=${registry.trim()}\ncafile=/run/authorities.pem\n`);
  writeFileSync(authorities, tls.getCACertificates('default').join('\n'));
  return { npmrc, authorities };
}

/** An image, and the image of its build stage. */
export interface Built {
  image: string;
  stage: string;
}

/** Builds the Dockerfile on the base, as docs/operating.md says. */
export async function buildImage(
  podman: Podman,
  broken: readonly SourceReplacement[],
  progress: Progress,
): Promise<Built> {
  const dir = mkdtempSync(path.join(podman.dir, 'build-'));
  const context = path.join(dir, 'context');
  copyProject(context, broken);
  const { npmrc, authorities } = writeNpmrc(dir);
  const options = [`--build-arg=NODE_IMAGE=${base}`, `--secret=id=npmrc,src=${npmrc}`];
  const trusting = `--volume=${authorities}:/run/authorities.pem:ro`;
  const name = path.basename(dir);
  const [image, stage] = [`localhost/${name.toLowerCase()}:image`, `localhost/${name.toLowerCase()}:stage`];
  await podman.do([...build, ...options, trusting, `--tag=${image}`, context], watchSteps(progress));
  await podman.do([...build, ...options, trusting, '--target=build', `--tag=${stage}`, context]);
  return { image, stage };
}

/** The bytes of the image, and of its base. */
export async function sizesOf(podman: Podman, image: string): Promise<{ all: number; base: number }> {
  const size = async (of: string) => Number(await podman.do(['image', 'inspect', '--format={{.Size}}', of]));
  return { all: await size(image), base: await size(base) };
}
