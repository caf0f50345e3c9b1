import { cell } from '../store/cell.ts';
import type { Group } from './use-lists.ts';

const kept_as = 'baton.folded';

function remembered(): Record<string, boolean> {
  try {
    const given: unknown = JSON.parse(localStorage.getItem(kept_as) ?? '{}');
    return typeof given === 'object' && given !== null ? (given as Record<string, boolean>) : {};
  } catch {
    return {};
  }
}

/** The groups that were folded or unfolded by hand in this browser. */
export const folded = cell(remembered());

const nameOf = (workspace: string, project: string, { key }: Group) => `${workspace}/${project}/${key}`;

/** Returns whether a group shows its tickets. Groups of done tickets are folded by default. */
export const isUnfolded = (
  by_hand: Record<string, boolean>,
  workspace: string,
  project: string,
  group: Group,
): boolean => !(by_hand[nameOf(workspace, project, group)] ?? group.status?.category === 'done');

export function fold(workspace: string, project: string, group: Group, is_folded: boolean): void {
  folded.set({ ...folded.get(), [nameOf(workspace, project, group)]: is_folded });
  try {
    localStorage.setItem(kept_as, JSON.stringify(folded.get()));
  } catch {
    // Without storage, it lasts until the page closes.
  }
}
