import type { Comment } from 'baton-sdk';
import { useState } from 'react';
import { failureOf } from '../api/problems.ts';
import { deleteComment } from '../api/stories.ts';
import type { Desk } from '../desk/desk.ts';
import { KeptDraft, LeftDraft } from '../desk/draft-note.tsx';
import { useDraft } from '../desk/use-draft.ts';
import { usePeople, usePerson, useRole } from '../desk/use-desk.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import { toast } from '../ui/toast.tsx';
import { CommentEdit } from './comment-edit.tsx';
import { AddReaction, Reactions } from './reactions.tsx';
import { mentionedIn, withNames } from './mentions.ts';
import { Prose } from './prose.tsx';

interface CommentCardProps {
  desk: Desk;
  comment: Comment;
  /** Whether the person may comment here; `why` is the reason if not. */
  may: boolean;
  why: string;
}

/** A comment, with the actions that its author has. */
export function CommentCard({ desk, comment, may, why }: CommentCardProps) {
  const { workspace_id } = desk;
  const author = usePerson(desk, comment.author_id);
  const role = useRole(desk);
  const nameOf = usePeople(desk, mentionedIn(comment.body));
  const typed = useDraft(desk, comment.ticket_id, `comment:${comment.id}`);
  const [is_open, setOpen] = useState(false);
  const story = desk.timeline(comment.ticket_id);
  const is_own = comment.author_id === desk.account;
  const is_admin = role === 'owner' || role === 'admin';
  const at = { ...comment, workspace_id };
  const draft = is_own ? typed.draft : undefined;
  const discard = () => typed.discard();

  const remove = async () => {
    try {
      await deleteComment(at);
      await story.happened(comment.id);
    } catch (error) {
      toast({ kind: 'error', text: t('The comment was not deleted. {title}.', { title: failureOf(error).title }) });
    }
  };
  const name = author?.name ?? '…';
  if (comment.deleted_at !== null) {
    return (
      <li className="act faint">
        <Avatar id={comment.author_id} name={name} />
        <div>
          {t('A comment of {name} was deleted.', { name })} <Time at={comment.deleted_at} />
          {draft !== undefined && <KeptDraft draft={draft} why={t('Its comment is deleted.')} onDiscard={discard} />}
        </div>
      </li>
    );
  }
  const shown = withNames(comment.body, nameOf);
  return (
    <li className="comment" id={`comment-${comment.id}`}>
      <header className="comment-head">
        <Avatar id={comment.author_id} name={name} />
        <strong>{name}</strong>
        {author?.former === true && <span className="faint">{t('former member')}</span>}
        {author?.bot === true && <span className="faint">{t('bot')}</span>}
        <span className="faint">
          <Time at={comment.created_at} />
          {comment.edited_at !== null && <> · {t('edited')}</>}
        </span>
        <span className="comment-acts">
          {may && <AddReaction desk={desk} comment={comment} by={name} />}
          {may && (is_own || is_admin) && (
            <Menu align="end" trigger={<IconButton icon="more" label={t('Comment of {name}: more', { name })} />}>
              {is_own && (
                <MenuItem icon="edit" onSelect={() => setOpen(true)}>
                  {t('Edit')}
                </MenuItem>
              )}
              <MenuItem icon="trash" onSelect={() => void remove()}>
                {t('Delete')}
              </MenuItem>
            </Menu>
          )}
        </span>
      </header>
      {is_open && may ? (
        <CommentEdit {...{ desk, comment, shown, typed }} onClose={() => setOpen(false)} />
      ) : (
        <Prose desk={desk} text={comment.body} />
      )}
      {!is_open && draft !== undefined && may && (
        <LeftDraft draft={draft} onContinue={() => setOpen(true)} onDiscard={discard} />
      )}
      {draft !== undefined && !may && <KeptDraft draft={draft} why={why} onDiscard={discard} />}
      <Reactions desk={desk} comment={comment} may={may} />
    </li>
  );
}
