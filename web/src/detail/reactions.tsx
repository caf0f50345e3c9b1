import type { Comment } from 'baton-sdk';
import { failureOf } from '../api/problems.ts';
import { react } from '../api/stories.ts';
import type { Desk } from '../desk/desk.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';

const offered = [
  ['👍', () => t('Thumbs up')],
  ['❤️', () => t('Heart')],
  ['🎉', () => t('Party')],
  ['😄', () => t('Smile')],
  ['👀', () => t('Eyes')],
  ['🚀', () => t('Rocket')],
] as const;

type Summary = Comment['reactions'][number];

/** Returns the reactions after one was added or removed, as the server will return them. */
export function reacted(reactions: readonly Summary[], emoji: string, gives: boolean): Summary[] {
  const known = reactions.find((one) => one.emoji === emoji);
  if (known === undefined) return gives ? [...reactions, { emoji, count: 1, reacted: true }] : [...reactions];
  const count = known.count + (gives ? 1 : -1);
  return reactions.flatMap((one) => (one !== known ? [one] : count > 0 ? [{ emoji, count, reacted: gives }] : []));
}

/** Adds or removes a reaction: shows it at once, and reads the reactions again if that fails. */
function useGive(desk: Desk, comment: Comment) {
  const story = desk.timeline(comment.ticket_id);
  const give = async (emoji: string, gives: boolean) => {
    story.receive({ ...comment, reactions: reacted(comment.reactions, emoji, gives) });
    try {
      await react({ ...comment, workspace_id: desk.workspace_id }, emoji, gives);
    } catch (error) {
      toast({ kind: 'error', text: t('The reaction was not kept. {title}.', { title: failureOf(error).title }) });
      void story.happened(comment.id);
    }
  };
  return (emoji: string, gives: boolean) => void give(emoji, gives);
}

/** The reactions to a comment. */
export function Reactions({ desk, comment, may }: { desk: Desk; comment: Comment; may: boolean }) {
  const give = useGive(desk, comment);
  if (comment.reactions.length === 0) return null;
  return (
    <div className="reactions">
      {comment.reactions.map(({ emoji, count, reacted: is_own }) => (
        <button
          key={emoji}
          type="button"
          className="reaction"
          aria-pressed={is_own}
          disabled={!may}
          onClick={() => give(emoji, !is_own)}
        >
          {emoji} <span className="figures">{count}</span>
        </button>
      ))}
    </div>
  );
}

/** A button that adds a reaction to a comment. */
export function AddReaction({ desk, comment, by }: { desk: Desk; comment: Comment; by: string }) {
  const give = useGive(desk, comment);
  return (
    <Menu align="end" trigger={<IconButton icon="smile" label={t('React to the comment of {name}', { name: by })} />}>
      {offered.map(([emoji, name]) => (
        <MenuItem key={emoji} onSelect={() => give(emoji, true)}>
          {emoji} {name()}
        </MenuItem>
      ))}
    </Menu>
  );
}
