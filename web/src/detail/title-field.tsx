import { useEffect, useId, useRef, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { edit } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { useDraft } from '../desk/use-draft.ts';
import { KeptDraft, LeftDraft, OtherTabs } from '../desk/draft-note.tsx';
import { useOperations } from '../desk/use-desk.ts';
import type { May } from '../desk/use-may.ts';
import type { KnownTicket } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { isComposing } from '../ui/composing.ts';
import { t } from '../ui/text.ts';
import { overTitle } from '../ui/title-limit.ts';
import { toast } from '../ui/toast.tsx';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { Conflict, conflictOf, Refused } from './conflict.tsx';

interface TitleFieldProps {
  desk: Desk;
  ticket: KnownTicket;
  may: May;
  /** The heading with the title. */
  children: React.ReactNode;
}

/** The ticket’s title, edited in place. */
export function TitleField({ desk, ticket, may, children }: TitleFieldProps) {
  const { draft, others, type, sent, discard, exchange, drop, setAside } = useDraft(desk, ticket.id, 'title');
  const [is_open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  /** The conflict whose texts are being edited together. */
  const merging = useRef<Operation>(undefined);
  const refused = useOperations(desk, ticket.id).find(
    ({ change, refusal }) => refusal !== undefined && change.kind === 'edit' && change.field === 'title',
  );
  const text = draft?.text ?? ticket.title;
  const base_version = draft?.base_version ?? ticket.version;
  const open = () => (may.may ? setOpen(true) : toast({ kind: 'error', text: may.why }));
  useCommands({ edit_title: open });
  useEffect(() => {
    if (is_open) input.current?.select();
  }, [is_open]);

  const close = () => {
    setOpen(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const both = (theirs: string) => {
    setAside(); // what was typed since the conflict
    merging.current = refused;
    type(theirs, ticket.version);
    setOpen(true);
  };
  const over = overTitle(text);
  const over_id = useId();
  const is_ready = text.trim() !== '' && over === undefined;
  const save = () => {
    if (!is_ready) return;
    sent(edit(desk, ticket, { field: 'title', value: text.trim() }, base_version));
    if (merging.current !== undefined) desk.operations.dismiss(merging.current);
    merging.current = undefined;
    close();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Enter') save();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const conflict = refused && conflictOf(refused);
  return (
    <div className="title-field">
      {is_open && may.may ? (
        <>
          <div className="hidden">{children}</div>
          <ChangedMeanwhile desk={desk} ticket_id={ticket.id} field="title" base_version={base_version} />
          <div className="title-edit">
            <input
              ref={input}
              className="input"
              aria-label={t('Title')}
              aria-invalid={over !== undefined || undefined}
              aria-describedby={over === undefined ? undefined : over_id}
              value={text}
              onChange={(event) => type(event.currentTarget.value, base_version)}
              onKeyDown={onKeyDown}
            />
            <Button kind="primary" aria-disabled={!is_ready || undefined} onClick={save}>
              {t('Save')}
            </Button>
            <Button onClick={close}>{t('Close')}</Button>
          </div>
          <p id={over_id} role="status" className="field-fault">
            {over}
          </p>
          <OtherTabs {...{ others, exchange, drop }} />
        </>
      ) : (
        <div className="title-shown">
          {children}
          {may.may && <IconButton ref={button} icon="edit" label={t('Edit the title')} keys="e" onClick={open} />}
        </div>
      )}
      {!is_open && draft !== undefined && may.may && (
        <LeftDraft draft={draft} onContinue={open} onDiscard={() => discard()} />
      )}
      {draft !== undefined && !may.may && <KeptDraft draft={draft} why={may.why} onDiscard={() => discard()} />}
      {refused !== undefined && conflict !== undefined && (
        <Conflict desk={desk} operation={refused} field="title" onBoth={() => both(conflict.mine)} />
      )}
      {refused !== undefined && conflict === undefined && <Refused desk={desk} operation={refused} />}
    </div>
  );
}
