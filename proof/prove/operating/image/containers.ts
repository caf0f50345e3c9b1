import { randomBytes } from 'node:crypto';
import type { Service } from '../../../harness/compose.ts';
import type { Ended, Podman } from '../../../harness/podman.ts';

/** The address at which containers reach what listens on 127.0.0.1 of the machine. */
const machine = '10.0.2.2';

interface Around {
  /** The port of PostgreSQL on the machine. */
  postgres_port: number;
  /** The prefix of the names of volumes. */
  project: string;
}

/** The options of a service in compose.yaml, as podman's flags. */
function flagsOf(service: Service, { postgres_port, project }: Around): string[] {
  const { environment, tmpfs = [], volumes = [], cap_drop = [], security_opt = [], mem_limit, pids_limit } = service;
  return [
    '--network=slirp4netns:allow_host_loopback=true',
    `--add-host=database:${machine}`,
    `--env=PGPORT=${postgres_port}`,
    ...Object.entries(environment).map(([name, value]) => `--env=${name}=${value}`),
    ...(service.init === true ? ['--init'] : []),
    ...(service.read_only === true ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...(service.healthcheck?.disable === true ? ['--no-healthcheck'] : []),
    ...(service.ports ?? []).map((port) => `--publish=${port}`),
    ...tmpfs.map((at) => `--tmpfs=${at}`),
    ...volumes.map((volume) => `--volume=${project}-${volume}`),
    ...cap_drop.map((name) => `--cap-drop=${name}`),
    ...security_opt.map((option) => `--security-opt=${option}`),
    ...(mem_limit === undefined ? [] : [`--memory=${mem_limit}`]),
    ...(pids_limit === undefined ? [] : [`--pids-limit=${pids_limit}`]),
  ];
}

/** The services of compose.yaml that run the image, with a PostgreSQL on the machine. */
export class Containers {
  readonly #podman: Podman;
  readonly #image: string;
  readonly #around: Around;

  constructor(podman: Podman, image: string, postgres_port: number) {
    this.#podman = podman;
    this.#image = image;
    this.#around = { postgres_port, project: randomBytes(6).toString('hex') };
  }

  /** Runs a command of a service to its end, by default the service's own. */
  run(service: Service, command = service.command ?? []): Promise<Ended> {
    return this.#podman.run(['run', '--rm', ...flagsOf(service, this.#around), this.#image, ...command]);
  }

  /** Starts a service and leaves it running. */
  async start(service: Service): Promise<Container> {
    const name = `baton-${randomBytes(6).toString('hex')}`;
    const flags = ['run', '--detach', `--name=${name}`, ...flagsOf(service, this.#around)];
    await this.#podman.do([...flags, this.#image, ...(service.command ?? [])]);
    return new Container(this.#podman, name);
  }
}

export class Container {
  readonly #podman: Podman;
  readonly #name: string;

  constructor(podman: Podman, name: string) {
    this.#podman = podman;
    this.#name = name;
  }

  /** Runs a command in the container, as its user. */
  exec(...command: string[]): Promise<Ended> {
    return this.#podman.run(['exec', this.#name, ...command]);
  }

  /** Runs the image's own HEALTHCHECK. */
  async isHealthy(): Promise<boolean> {
    return (await this.#podman.run(['healthcheck', 'run', this.#name])).status === 0;
  }

  /** Everything that it has printed. */
  async output(): Promise<string> {
    const { stdout, stderr } = await this.#podman.run(['logs', this.#name]);
    return stdout + stderr;
  }

  /** Sends the image's stop signal, and SIGKILL after the grace period. Returns the exit code. */
  async stop(grace_s: number): Promise<number> {
    await this.#podman.do(['stop', `--time=${grace_s}`, this.#name]);
    return Number(await this.#podman.do(['inspect', '--format={{.State.ExitCode}}', this.#name]));
  }
}
