import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../../server/src/config/attachments.ts';
import { freePort } from './served.ts';
import { takeDownOnSignal } from './take-down.ts';

const packages = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'];
const backends = ['account', 'container', 'object'] as const;
type Server = (typeof backends)[number] | 'proxy';

const isThere = () => existsSync('/usr/bin/swift-proxy-server') && existsSync('/usr/bin/swift-object-server');

/** Installs OpenStack Swift from Debian's packages if it is not there, which needs root. Says why it can't run here; undefined if it can. */
export function noSwift(): string | undefined {
  if (!isThere() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const run = (...args: string[]) =>
      spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    run('update');
    run('install', '-y', '--no-install-recommends', ...packages);
  }
  return isThere() ? undefined : `OpenStack Swift is not installed; on Debian: apt-get install ${packages.join(' ')}`;
}

/** OpenStack Swift with its S3 API: a server that is not ours, with one disk in a folder. */
export interface Swift {
  /** The bucket, and keys that may do everything in it. */
  s3: S3Config;
  /** The sizes of all files that are on the disk: objects, and parts of uploads that are not complete. */
  stored: () => number[];
  /** The number of connections to it that are open. */
  connections: () => number;
  /** Ends the server that speaks S3, so that connections are refused. */
  halt: () => Promise<void>;
  /** Starts it again. */
  resume: () => Promise<void>;
  /** Stops it, so that connections are accepted and get no response; or lets it continue. */
  freeze: (frozen: boolean) => void;
  stop: () => Promise<void>;
}

const [user, secret, bucket] = ['test:tester', 'testing', 'baton'];

function settingsOf(dir: string, ports: Record<Server, number>): Record<string, string> {
  const common = (server: Server) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${ports[server]}
workers = 0
user = ${os.userInfo().username}
swift_dir = ${dir}
devices = ${dir}/disks
mount_check = false
disable_fallocate = true
log_level = ERROR
`;
  const backend = (server: Server) => `${common(server)}
[pipeline:main]
pipeline = ${server}-server
[app:${server}-server]
use = egg:swift#${server}
`;
  const proxy = `${common('proxy')}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy slo dlo versioned_writes proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
# tempauth wants a cache to be there, and works without what it keeps: no memcached runs at this port.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_${user.replace(':', '_')} = ${secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:versioned_writes]
use = egg:swift#versioned_writes
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`;
  return {
    proxy,
    ...Object.fromEntries(backends.map((server) => [server, backend(server)])),
  };
}

function run(program: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
}

/** Writes a ring, which says where the server keeps what: here, all of it on one disk. */
function buildRing(dir: string, server: Server, port: number): void {
  const builder = path.join(dir, `${server}.builder`);
  run('swift-ring-builder', builder, 'create', '2', '1', '1');
  run('swift-ring-builder', builder, 'add', `r1z1-127.0.0.1:${port}/disk`, '1');
  run('swift-ring-builder', builder, 'rebalance');
}

/** Swift's own programs read swift.conf from /etc/swift alone. */
const launcher = `
import sys
from swift.common.utils import set_swift_dir
set_swift_dir(sys.argv[1])
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(sys.argv[2], sys.argv[3], verbose=True))
`;

/** A server of Swift, in a process of its own. */
class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  output = '';

  constructor(dir: string, server: Server) {
    const args = ['-c', launcher, dir, path.join(dir, `${server}.conf`), `${server}-server`];
    this.child = spawn('/usr/bin/python3', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => (this.output += String(chunk)));
    this.ended = new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  async end(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** Waits until the server responds, and creates the bucket. */
async function createBucket({ endpoint, region, credentials }: S3Config, proxy: Running): Promise<void> {
  const client = new S3Client({
    endpoint: endpoint ?? '',
    region,
    ...(credentials && { credentials }),
    forcePathStyle: true,
  });
  for (const until = Date.now() + 120_000; ; await sleep(200)) {
    const failed = await client.send(new CreateBucketCommand({ Bucket: bucket })).then(
      () => undefined,
      (error: Error) => error,
    );
    if (failed === undefined || failed.name === 'BucketAlreadyOwnedByYou') return client.destroy();
    if (proxy.child.exitCode !== null || Date.now() > until) throw new Error(`${failed.message}\n${proxy.output}`);
  }
}

/** The number of open connections to a port of this machine. */
function connectionsTo(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const established = new RegExp(`^ *\\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:${hex} 01 `, 'gm');
  return [...readFileSync('/proc/net/tcp', 'utf8').matchAll(established)].length;
}

/** Starts Swift with an empty bucket, on free ports and in its own folder. */
export async function startSwift(): Promise<Swift> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-swift-'));
  const ports = {
    proxy: await freePort(),
    account: await freePort(),
    container: await freePort(),
    object: await freePort(),
  };
  mkdirSync(path.join(dir, 'disks/disk'), { recursive: true });
  for (const [server, text] of Object.entries(settingsOf(dir, ports)))
    writeFileSync(path.join(dir, `${server}.conf`), text);
  writeFileSync(
    path.join(dir, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_suffix = baton\n[storage-policy:0]\nname = one\ndefault = yes\n',
  );
  for (const server of backends) buildRing(dir, server, ports[server]);
  const behind = backends.map((server) => new Running(dir, server));
  let proxy = new Running(dir, 'proxy');
  const kill = () => [...behind, proxy].forEach(({ child }) => child.kill('SIGKILL'));
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await Promise.all([...behind, proxy].map((running) => running.end()));
    rmSync(dir, { recursive: true, force: true });
  };
  const forget = takeDownOnSignal(stop);
  const s3 = {
    bucket,
    endpoint: `http://127.0.0.1:${ports.proxy}`,
    region: 'us-east-1',
    credentials: { accessKeyId: user, secretAccessKey: secret },
  };
  await createBucket(s3, proxy);
  return {
    s3,
    stored: () =>
      globSync(`${dir}/disks/disk/objects*/**/*.data`).flatMap(
        (file) => statSync(file, { throwIfNoEntry: false })?.size ?? [],
      ),
    connections: () => connectionsTo(ports.proxy),
    halt: () => proxy.end(),
    resume: async () => {
      proxy = new Running(dir, 'proxy');
      await createBucket(s3, proxy);
    },
    freeze: (frozen) => proxy.child.kill(frozen ? 'SIGSTOP' : 'SIGCONT'),
    stop: async () => {
      forget();
      await stop();
    },
  };
}
