import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf } from '../api/problems.ts';
import { membersQuery } from '../api/workspaces.ts';
import type { Desk } from '../desk/desk.ts';
import type { Draft } from '../store/drafts.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { DraftAge } from './draft-note.tsx';
import { Editor } from './editor.tsx';
import { withIds } from './mentions.ts';
import { Prose } from './prose.tsx';

interface CommentEditProps {
  desk: Desk;
  area: React.RefObject<HTMLTextAreaElement | null>;
  text: string;
  draft: Draft | undefined;
  /** Why it was not saved, if so. */
  fault: unknown;
  onChange: (text: string) => void;
  onSave: (body: string) => Promise<void>;
  /** Leaves the comment as it is. */
  onClose: () => void;
}

/** A comment of one’s own that is being edited. */
export function CommentEdit({ desk, area, text, draft, fault, onChange, onSave, onClose }: CommentEditProps) {
  const [is_saving, setSaving] = useState(false);
  const people = useQuery(membersQuery(desk.workspace_id)).data ?? [];
  const failure = fault === undefined ? undefined : failureOf(fault);
  const save = () => {
    setSaving(true);
    void onSave(withIds(text, people)).finally(() => setSaving(false));
  };
  return (
    <>
      <div role="alert">
        {failure !== undefined && (
          <p className="field-fault">
            <Icon name="warning" /> {t('Not saved, your text is kept.')} {failure.title}. {failure.detail}
          </p>
        )}
      </div>
      <Editor
        desk={desk}
        mentions
        area={area}
        label={t('Edit the comment')}
        value={text}
        onChange={onChange}
        onSubmit={save}
        onCancel={onClose}
        cancel={t('Discard')}
        submit={is_saving ? t('Saving…') : t('Save')}
        ready={!is_saving && text.trim() !== ''}
        preview={(value) => <Prose desk={desk} text={withIds(value, people)} />}
        note={draft !== undefined && <DraftAge draft={draft} />}
      />
    </>
  );
}
