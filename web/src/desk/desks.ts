import { Desk } from './desk.ts';
import { stayWhileSending } from './staying.ts';

/**
 * The desks of this page: the one that is shown, and those of other workspaces with changes or files that the server
 * doesn't have yet, or has refused. They go on sending, and are shown again when the person comes back.
 */
export class Desks {
  #shown: Desk | undefined;
  readonly #others = new Map<string, Desk>();

  /** Returns the desk of an account in a workspace, which is shown from now on. */
  of(account: string, workspace_id: string): Desk {
    const { account: last } = this.#shown ?? { account };
    if (last !== account) this.end();
    const shown = this.#shown;
    if (shown?.workspace_id === workspace_id && !shown.is_left) return shown;
    shown?.stop();
    if (shown?.has_work === true) this.#others.set(shown.workspace_id, shown);
    const known = this.#others.get(workspace_id);
    this.#others.delete(workspace_id);
    this.#shown = known?.is_left === false ? known : this.#open(account, workspace_id);
    return this.#shown;
  }

  #open(account: string, workspace_id: string): Desk {
    const desk = new Desk(account, workspace_id);
    stayWhileSending(desk.uploads);
    return desk;
  }

  /** Returns the number of files that are being sent. */
  get files(): number {
    const desks = [...this.#others.values(), ...(this.#shown === undefined ? [] : [this.#shown])];
    return desks.flatMap(({ uploads }) => uploads.get()).filter(({ state }) => state !== 'failed').length;
  }

  /** Resumes what waited for the person to sign in again; ends the desks if somebody else has signed in. */
  signedIn(account: string): void {
    if (this.#shown?.account !== account) return this.end();
    this.#shown.signedIn();
    for (const desk of this.#others.values()) desk.operations.resume();
  }

  /** Ends all desks, because somebody has signed out. What they have not sent stays on the disk. */
  end(): void {
    for (const desk of [...this.#others.values(), ...(this.#shown === undefined ? [] : [this.#shown])]) desk.end();
    this.#others.clear();
    this.#shown = undefined;
  }
}
