import { setTimeout as sleep } from 'node:timers/promises';
import { Follower } from '../../harness/follower.ts';
import { HookFollower } from '../../harness/hook-follower.ts';
import { InboxFollower } from '../../harness/inbox-follower.ts';
import type { Team } from '../../harness/make.ts';
import { Wire } from '../../harness/wire.ts';

/** For so long nothing may have got a number before the rest counts as stuck. */
const patience_ms = 30_000;
const pause_ms = 100;

/**
 * What follows from the events of a workspace, through a fault: the feed, by pages and as a stream, webhooks and an inbox. Each check of faults
 * has it, beside the invariants of the data: of log, tree, outbox, notifications and deliveries.
 */
export class Followers {
  readonly #urls: readonly string[];
  readonly #team: Team;
  readonly #all: readonly (Follower | HookFollower | InboxFollower)[];

  /** `watched`: tickets that the workspace's owner watches already. */
  static async start(urls: readonly string[], team: Team, watched: readonly string[] = []): Promise<Followers> {
    const reader = { workspace_id: team.workspace_id, token: team.owner.access_token };
    const inbox = await InboxFollower.start(urls, team, watched);
    const hook = await HookFollower.start(urls, reader);
    const feeds = (['pages', 'stream'] as const).map((way) => new Follower(urls, reader, way));
    return new Followers(urls, team, [...feeds, hook, inbox]);
  }

  private constructor(urls: readonly string[], team: Team, all: readonly (Follower | HookFollower | InboxFollower)[]) {
    this.#urls = urls;
    this.#team = team;
    this.#all = all;
  }

  /** Messages of webhooks whose sender was gone before it had a response. */
  get cut_off(): number {
    return this.#all.reduce((sum, one) => sum + (one instanceof HookFollower ? one.cut_off : 0), 0);
  }

  /** Ends when all of it has come, which takes servers that are there. Gives what was wrong, in words. */
  async stop(): Promise<string[]> {
    const faults = await Promise.all(this.#all.map((one) => one.stop()));
    return [...faults.flat(), ...(await this.#leftInOutbox())];
  }

  /** Whether the latest entries have their numbers, and so all have: nobody acts any more. */
  async #leftInOutbox(): Promise<string[]> {
    const { workspace_id, owner } = this.#team;
    const wires = this.#urls.map((url) => new Wire(url, 1));
    const path = `/v1/workspaces/${workspace_id}/audit?limit=100&fields=sequence`;
    let says = 'outbox: nobody said what has a number';
    for (let n = 0, end = performance.now() + patience_ms; performance.now() < end; n++) {
      const wire = wires[n % wires.length] as Wire;
      const request = { method: 'GET', path, token: owner.access_token, abort_after_ms: 5_000 };
      const answer = await wire.send(request).catch(() => undefined);
      if (answer?.status === 200) {
        const { data } = JSON.parse(answer.text) as { data: { sequence: number | null }[] };
        const left = data.filter(({ sequence }) => sequence === null).length;
        says = left === 0 ? '' : `outbox: ${left} of the latest entries have no number`;
        if (left === 0) break;
      }
      await sleep(pause_ms);
    }
    for (const wire of wires) wire.close();
    return says === '' ? [] : [says];
  }
}

/** The same for a moment, after a fault or beside it: what follows from what happens now, and from all that happened before. */
export async function followFor(
  ms: number,
  urls: readonly string[],
  team: Team,
  watched?: readonly string[],
): Promise<string[]> {
  const followers = await Followers.start(urls, team, watched);
  await sleep(ms);
  return followers.stop();
}
