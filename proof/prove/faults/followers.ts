import { setTimeout as sleep } from 'node:timers/promises';
import { Follower } from '../../harness/follower.ts';
import { HookFollower } from '../../harness/hook-follower.ts';
import { InboxFollower } from '../../harness/inbox-follower.ts';
import type { Team } from '../../harness/make.ts';
import { Wire } from '../../harness/wire.ts';

/** After this long without a new number, the remaining entries count as stuck. */
const patience_ms = 30_000;
const pause_ms = 100;

/**
 * Follows everything that derives from the events of a workspace through a fault: the feed as pages and as a stream, webhooks,
 * and an inbox. Every check of faults uses it, besides the invariants of the log, tree, outbox, notifications and deliveries.
 */
export class Followers {
  readonly #urls: readonly string[];
  readonly #team: Team;
  readonly #all: readonly (Follower | HookFollower | InboxFollower)[];

  /** `watched`: tickets that the workspace's owner already watches. */
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

  /** Messages of webhooks whose sender was gone before it got a response. */
  get cut_off(): number {
    return this.#all.reduce((sum, one) => sum + (one instanceof HookFollower ? one.cut_off : 0), 0);
  }

  /** Waits until everything has arrived, which needs running servers, and stops. Returns what was wrong. */
  async stop(): Promise<string[]> {
    const faults = await Promise.all(this.#all.map((one) => one.stop()));
    return [...faults.flat(), ...(await this.#leftInOutbox())];
  }

  /** Checks that the latest entries have numbers. Nobody acts any more, so then all entries have. */
  async #leftInOutbox(): Promise<string[]> {
    const { workspace_id, owner } = this.#team;
    const wires = this.#urls.map((url) => new Wire(url, 1));
    const path = `/v1/workspaces/${workspace_id}/audit?limit=100&fields=sequence`;
    let says = 'outbox: no server returned the entries';
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

/** Follows for a moment, after or during a fault: the events that happen now and all earlier ones must arrive. */
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
