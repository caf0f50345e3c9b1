import type { Wire } from '../../harness/wire.ts';
import type { World } from './world.ts';

/** How well two samples can be told apart: the chance that a value of `b` exceeds one of `a`; 0.5 means not at all. */
function auc(a: readonly number[], b: readonly number[]): number {
  const all = [...a.map((ms) => ({ ms, above: 0 })), ...b.map((ms) => ({ ms, above: 1 }))];
  all.sort((one, other) => one.ms - other.ms);
  const ranks = all.reduce((sum, { above }, index) => sum + above * (index + 1), 0);
  return (ranks - (b.length * (b.length + 1)) / 2) / (a.length * b.length);
}

/**
 * Reads resources of the attacked workspace and missing ones in turn, and says how well response times tell them apart, from 0.5
 * (not at all) to 1. It compares a workspace and, within the caller's own workspace, a ticket by id, a ticket by key, and a
 * project.
 */
export async function tellingApart(wire: Wire, world: World, reads: number): Promise<Record<string, number>> {
  const { attacked, other, absent } = world.sides;
  const own = `/v1/workspaces/${other.workspace_id}`;
  const pairs = {
    workspace: [`/v1/workspaces/${attacked.workspace_id}`, `/v1/workspaces/${absent.workspace_id}`],
    ticket: [`${own}/tickets/${attacked.ticket}`, `${own}/tickets/${absent.ticket}`],
    key: [`${own}/tickets/${attacked.key}`, `${own}/tickets/${absent.key}`],
    project: [`${own}/projects/${attacked.project_id}`, `${own}/projects/${absent.project_id}`],
  } as const;
  const found: Record<string, number> = {};
  for (const [name, paths] of Object.entries(pairs)) {
    const times: [number[], number[]] = [[], []];
    for (let read = 0; read < 2 * reads; read++) {
      // existing, missing, missing, existing: so neither always comes first
      const which = read % 4 === 0 || read % 4 === 3 ? 0 : 1;
      const started = performance.now();
      await wire.send({ method: 'GET', path: paths[which], token: world.attacker.access_token });
      if (read >= 20) times[which].push(performance.now() - started);
    }
    found[name] = 0.5 + Math.abs(auc(...times) - 0.5);
  }
  return found;
}
