import { useRef } from 'react';
import { shownKeys } from '../commands/keys.ts';
import { useCommands } from '../commands/use-commands.ts';
import { comment } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import type { May } from '../desk/use-may.ts';
import { useDraft } from '../desk/use-draft.ts';
import { DraftAge, KeptDraft, OtherTabs } from '../desk/draft-note.tsx';
import type { KnownTicket } from '../store/changes.ts';
import { t } from '../ui/text.ts';
import { Editor } from './editor.tsx';
import { withIds } from './mentions.ts';
import { Prose } from './prose.tsx';
import { useMentionable } from './use-mentionable.ts';

/** The box for a new comment. The typed text is kept until the server has it. */
export function CommentBox({ desk, ticket, may }: { desk: Desk; ticket: KnownTicket; may: Pick<May, 'may' | 'why'> }) {
  const { draft, others, type, sent, discard, exchange, drop } = useDraft(desk, ticket.id, 'comment');
  const area = useRef<HTMLTextAreaElement>(null);
  const text = draft?.text ?? '';
  const { people, is_asking } = useMentionable(desk, text);
  useCommands({ comment: () => area.current?.focus() }, () => may.may);
  const send = () => {
    sent(comment(desk, ticket, withIds(text, people)));
    area.current?.focus();
  };
  if (!may.may) {
    return draft === undefined ? (
      <p className="faint">{may.why}</p>
    ) : (
      <KeptDraft draft={draft} why={may.why} onDiscard={() => discard()} />
    );
  }
  return (
    <div className="comment-box">
      <Editor
        desk={desk}
        mentions
        area={area}
        label={t('Comment')}
        value={text}
        placeholder={t('Write a comment. @Name tells somebody.')}
        onChange={(value) => (value === '' ? discard() : type(value, 0))}
        onSubmit={send}
        submit={t('Send')}
        ready={text.trim() !== '' && !is_asking}
        preview={(value) => <Prose desk={desk} text={withIds(value, people)} />}
        note={draft === undefined ? t('{keys} sends', { keys: shownKeys('Mod+Enter') }) : <DraftAge draft={draft} />}
      />
      <OtherTabs {...{ others, exchange, drop }} />
    </div>
  );
}
