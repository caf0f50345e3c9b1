import type { Random } from '../random.ts';
import { inParallel } from '../stage.ts';
import { any_version, type Wire, type WireAnswer } from '../../harness/wire.ts';
import { effectOf, expectedOf, meets } from './expected.ts';
import { type Shot, shotsAt } from './requests.ts';
import { canaries, type Principal, type World } from './world.ts';

const at_once = 16;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** One request of one principal. */
export interface Cell {
  shot: Shot;
  principal: Principal;
}

/** What was sent, and which responses were wrong. */
export interface Barrage {
  requests: number;
  answers: Record<string, number>;
  leaks: number;
  violations: string[];
}

function shuffle<T>(cells: T[], random: Random): T[] {
  for (let last = cells.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const [a, b] = [cells[last], cells[other]];
    if (a !== undefined && b !== undefined) [cells[last], cells[other]] = [b, a];
  }
  return cells;
}

/**
 * Every operation × mixture of ids × principal, in random order, except what a member of the attacked workspace may rightly
 * change. After these requests the workspace's rows must be unchanged.
 */
export function attacksOn(world: World, random: Random): Cell[] {
  const cells = shotsAt(world).flatMap((shot) => world.principals.map((principal) => ({ shot, principal })));
  return shuffle(
    cells.filter(({ shot, principal }) => {
      const effect = effectOf(shot, principal);
      return effect === 'none' || (effect === 'gentle' && principal.roles.attacked === undefined);
    }),
    random,
  );
}

/** What the members of the attacked workspace may rightly change, repeatedly: the other half of the policy. */
export function rightfulOn(world: World, random: Random): Cell[] {
  const cells = shotsAt(world).flatMap((shot) => world.principals.map((principal) => ({ shot, principal })));
  return shuffle(
    cells.filter(({ shot, principal }) => {
      return effectOf(shot, principal) === 'gentle' && principal.roles.attacked !== undefined;
    }),
    random,
  );
}

/** Sends requests to a server and judges the responses. */
export class Battery {
  readonly #wire: Wire;
  readonly #world: World;
  /**
   * The one response for anything that doesn't exist, and by operation the one for a body that names a person who doesn't exist.
   */
  readonly #alike = new Map<string, string>();
  readonly seen: Barrage = { requests: 0, answers: {}, leaks: 0, violations: [] };

  constructor(wire: Wire, world: World) {
    this.#wire = wire;
    this.#world = world;
  }

  async fire(cells: readonly Cell[], progress: (done: number) => void = () => undefined): Promise<void> {
    await inParallel(cells.length, at_once, async (n) => {
      const cell = cells[n];
      if (cell !== undefined) await this.#one(cell);
      if (n % 200 === 0) progress(n / cells.length);
    });
  }

  async #one({ shot, principal }: Cell): Promise<void> {
    const { operation, method, path, body } = shot;
    const headers = operation.if_match === undefined ? {} : any_version;
    const answer = await this.#wire.send({ method, path, body, headers, token: principal.token });
    const { seen } = this;
    seen.requests++;
    seen.answers[answer.status] = (seen.answers[answer.status] ?? 0) + 1;
    const expected = expectedOf(shot, principal);
    const fault = (text: string) => seen.violations.push(`${describe(shot)} by ${principal.name}: ${text}`);
    if (!meets(expected, answer.status)) fault(`${expected} expected, got ${answer.status} ${start(answer)}`);
    if ((expected === 404 && answer.status === 404) || (expected === 422 && answer.status === 422)) {
      const bytes = bytesOf(answer);
      const kind = expected === 404 ? 'absent' : shot.operation.id;
      const known = this.#alike.get(kind) ?? bytes;
      this.#alike.set(kind, known);
      if (bytes !== known) fault(`a ${expected} that differs: ${bytes}`);
    }
    const leak = this.#leakOf(shot, principal, answer.text);
    if (leak === undefined) return;
    seen.leaks++;
    fault(`leaked ${leak}`);
  }

  #leakOf({ path, body }: Shot, { valid, roles }: Principal, text: string): string | undefined {
    if (valid && roles.attacked !== undefined) return text.includes(canaries.other) ? canaries.other : undefined;
    if (text.includes(canaries.attacked)) return canaries.attacked;
    const sent = path + JSON.stringify(body ?? null);
    return text.match(uuid)?.find((id) => this.#world.secrets.has(id) && !sent.includes(id));
  }
}

function describe({ operation, workspace, inner, given, where }: Shot): string {
  const parts = [workspace, inner, given === undefined ? undefined : `${given} in the ${where}`];
  return `${operation.id} (${parts.filter((part) => part !== undefined).join(', ')})`;
}

const start = ({ text }: WireAnswer) => text.slice(0, 160);

/** The response as its client sees it, without the headers that differ between any two requests. */
function bytesOf({ status, headers, text }: WireAnswer): string {
  const changing = /^(date|x-request-id|ratelimit.*|connection|keep-alive)$/;
  const lasting = Object.entries(headers).filter(([name]) => !changing.test(name));
  return JSON.stringify([status, lasting, text]);
}
