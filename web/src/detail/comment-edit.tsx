import type { Comment } from 'baton-sdk';
import { useEffect, useRef, useState } from 'react';
import { failureOf } from '../api/problems.ts';
import { editComment, readComment } from '../api/stories.ts';
import type { Desk } from '../desk/desk.ts';
import { DraftAge, OtherTabs } from '../desk/draft-note.tsx';
import type { Typed } from '../desk/use-draft.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { Editor } from './editor.tsx';
import { mentionedIn, withIds } from './mentions.ts';
import { Prose } from './prose.tsx';
import { useMentionable } from './use-mentionable.ts';

interface CommentEditProps {
  desk: Desk;
  comment: Comment;
  /** The comment's text with names in place of ids. */
  shown: string;
  typed: Typed;
  /** Closes the editor without saving; the typed text is kept. */
  onClose: () => void;
}

/** Edits the person’s own comment. It is saved only if the comment still has the text that the edit is based on. */
export function CommentEdit({ desk, comment, shown, typed, onClose }: CommentEditProps) {
  const { draft, others, type, discard, exchange, drop } = typed;
  const [is_saving, setSaving] = useState(false);
  const [fault, setFault] = useState<unknown>(undefined);
  const area = useRef<HTMLTextAreaElement>(null);
  const story = desk.timeline(comment.ticket_id);
  const text = draft?.text ?? shown;
  const { people, is_asking } = useMentionable(desk, text);
  // People who are already mentioned may have left since.
  const before = mentionedIn(comment.body).map((id) => ({
    user_id: id,
    name: desk.people.get(id)?.name ?? '',
    email: null,
  }));
  const asSent = (typed_text: string) => withIds(typed_text, people, before);
  const version = draft?.base_version ?? comment.version;
  const is_stale = version < comment.version;
  const failure = fault === undefined || is_stale ? undefined : failureOf(fault);
  useEffect(() => area.current?.focus(), []);

  const save = async () => {
    const at = { ...comment, workspace_id: desk.workspace_id };
    setSaving(true);
    try {
      story.receive(await editComment({ ...at, version }, asSent(text)));
      discard(draft?.text);
      onClose();
    } catch (error) {
      setFault(error);
      // Read the current text, so that the person can compare.
      await readComment(at).then(story.receive.bind(story), () => undefined);
    } finally {
      setSaving(false);
    }
  };
  const keepTheirs = () => {
    discard();
    onClose();
  };
  return (
    <>
      <div role="alert">
        {failure !== undefined && (
          <p className="field-fault">
            <Icon name="warning" /> {t('Not saved, your text is kept.')} {failure.title}. {failure.detail}
          </p>
        )}
        {is_stale && <Elsewhere shown={shown} onMine={() => type(text, comment.version)} onTheirs={keepTheirs} />}
      </div>
      <Editor
        desk={desk}
        mentions
        area={area}
        label={t('Edit the comment')}
        value={text}
        onChange={(value) => type(value, version)}
        onSubmit={() => void save()}
        onCancel={onClose}
        submit={is_saving ? t('Saving…') : t('Save')}
        ready={!is_saving && !is_asking && !is_stale && text.trim() !== ''}
        preview={(value) => <Prose desk={desk} text={asSent(value)} />}
        note={draft !== undefined && <DraftAge draft={draft} />}
      />
      <OtherTabs {...{ others, exchange, drop }} />
    </>
  );
}

/** Shows that the comment was edited elsewhere since this edit began, and lets the person choose. */
function Elsewhere({ shown, onMine, onTheirs }: { shown: string; onMine: () => void; onTheirs: () => void }) {
  return (
    <div className="other-tab">
      <p>{t('This comment was edited elsewhere meanwhile. Your text below is kept. The comment says now:')}</p>
      <blockquote>{shown}</blockquote>
      <Button onClick={onMine}>{t('Use mine')}</Button>
      <Button kind="quiet" onClick={onTheirs}>
        {t('Keep theirs')}
      </Button>
    </div>
  );
}
