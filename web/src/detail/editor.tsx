import { useId, useState } from 'react';
import type { Desk } from '../desk/desk.ts';
import { Button } from '../ui/button.tsx';
import { isComposing } from '../ui/composing.ts';
import { t } from '../ui/text.ts';
import { MentionList, useMentioning } from './mention-list.tsx';
import './texts.css';

interface EditorProps {
  desk: Desk;
  /** Whether typing `@` offers people. Comments notify those they mention. */
  mentions?: boolean;
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Called by Ctrl+Enter, ⌘+Enter and the button. */
  onSubmit: () => void;
  onCancel?: (() => void) | undefined;
  submit: string;
  /** Whether there is something to send. */
  ready?: boolean;
  placeholder?: string | undefined;
  /** Renders the text as it will be shown. */
  preview: (text: string) => React.ReactNode;
  area: React.RefObject<HTMLTextAreaElement | null>;
  /** Shown at the end of the line of buttons. */
  note?: React.ReactNode;
  id?: string;
}

interface Keys {
  mentioning: { press: (key: string) => boolean };
  submit: () => void;
  cancel: (() => void) | undefined;
}

/** Handles keys in the text field: choosing a mention, sending, and closing. */
function keysOf({ mentioning, submit, cancel }: Keys) {
  return (event: React.KeyboardEvent) => {
    const { key, nativeEvent, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (isComposing(nativeEvent)) return;
    const is_plain = !ctrlKey && !metaKey && !altKey && !shiftKey;
    const with_mod = ctrlKey !== metaKey && !altKey && !shiftKey;
    if (is_plain && mentioning.press(key)) return take(event);
    if (key === 'Enter' && with_mod) submit();
    else if (key === 'Escape' && cancel !== undefined) cancel();
    else return;
    take(event);
  };
}

/** Stops a key from reaching the browser and the page’s commands. */
function take(event: React.KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/** A Markdown editor with a preview. Undo, spell checking and dictation are the browser’s. */
export function Editor(props: EditorProps) {
  const {
    desk,
    label,
    value,
    onChange,
    onSubmit,
    onCancel,
    submit,
    ready = true,
    placeholder,
    area,
    note,
    preview,
  } = props;
  const own = useId();
  const id = props.id ?? own;
  const [previews, setPreviews] = useState(false);
  const mentioning = useMentioning(desk, area, { onChange, enabled: props.mentions === true });
  const is_mentioning = mentioning.found.length > 0;
  const onKeyDown = keysOf({ mentioning, submit: () => ready && onSubmit(), cancel: onCancel });
  return (
    <div className="editor">
      <div className="editor-modes" role="group" aria-label={label}>
        <button type="button" aria-pressed={!previews} onClick={() => setPreviews(false)}>
          {t('Write')}
        </button>
        <button type="button" aria-pressed={previews} onClick={() => setPreviews(true)}>
          {t('Preview')}
        </button>
      </div>
      {previews && (
        <div className="editor-preview">
          {value.trim() === '' ? <p className="faint">{t('Nothing to show yet.')}</p> : preview(value)}
        </div>
      )}
      <textarea
        ref={area}
        id={id}
        hidden={previews} // Removed, it would lose what the browser can undo.
        className="input editor-text"
        aria-label={label}
        value={value}
        placeholder={placeholder}
        aria-autocomplete="list"
        aria-controls={is_mentioning ? `${id}-people` : undefined}
        aria-activedescendant={is_mentioning ? `${id}-people-${mentioning.active}` : undefined}
        onChange={(event) => {
          onChange(event.currentTarget.value);
          mentioning.look(event.currentTarget);
        }}
        onSelect={(event) => mentioning.look(event.currentTarget)}
        onKeyDown={onKeyDown}
      />
      {!previews && <MentionList id={`${id}-people`} {...mentioning} />}
      <div className="editor-end">
        <Button kind="primary" aria-disabled={!ready || undefined} onClick={() => ready && onSubmit()}>
          {submit}
        </Button>
        {onCancel !== undefined && <Button onClick={onCancel}>{t('Close')}</Button>}
        <span className="editor-note">{note}</span>
      </div>
    </div>
  );
}
