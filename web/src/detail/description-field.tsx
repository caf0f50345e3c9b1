import { useEffect, useRef, useState } from 'react';
import { shownKeys } from '../commands/keys.ts';
import { useCommands } from '../commands/use-commands.ts';
import { edit } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { useDraft } from '../desk/use-draft.ts';
import { DraftAge, KeptDraft, LeftDraft, OtherTabs } from '../desk/draft-note.tsx';
import { useOperations } from '../desk/use-desk.ts';
import type { May } from '../desk/use-may.ts';
import type { KnownTicket } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import { mergeLines } from '../store/lines.ts';
import { Button } from '../ui/button.tsx';
import { Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { Conflict, conflictOf, Refused } from './conflict.tsx';
import { Editor } from './editor.tsx';
import { Prose } from './prose.tsx';

/** The ticket’s description, edited in place. */
export function DescriptionField({ desk, ticket, may }: { desk: Desk; ticket: KnownTicket; may: May }) {
  const { draft, others, type, sent, discard, exchange, drop, setAside } = useDraft(desk, ticket.id, 'description');
  const [is_open, setOpen] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  /** The conflict whose texts are being edited together. */
  const merging = useRef<Operation>(undefined);
  const operations = useOperations(desk, ticket.id).filter(
    ({ change }) => change.kind === 'edit' && change.field === 'description',
  );
  const refused = operations.find(({ refusal }) => refusal !== undefined);
  const pending = operations.find(({ refusal }) => refusal === undefined);
  const { description } = ticket;
  const text = draft?.text ?? description ?? '';
  const base_version = draft?.base_version ?? ticket.description_version ?? ticket.version;
  const open = () => (may.may ? setOpen(true) : toast({ kind: 'error', text: may.why }));
  // Before the text is loaded, an empty field would stand for it, and what is typed there would replace it.
  useCommands({ edit_description: open }, () => description !== undefined);
  useEffect(() => {
    if (is_open) area.current?.focus();
  }, [is_open]);

  const close = () => {
    setOpen(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const save = () => {
    sent(edit(desk, ticket, { field: 'description', value: text }, base_version));
    if (merging.current !== undefined) desk.operations.dismiss(merging.current);
    merging.current = undefined;
    close();
  };
  const conflict = refused && conflictOf(refused);
  const both = () => {
    if (conflict === undefined) return;
    setAside(); // what was typed since the conflict
    merging.current = refused;
    type(mergeLines(conflict.base, conflict.mine, conflict.theirs).text, ticket.version);
    setOpen(true);
  };
  const read = () => {
    if (description === undefined) return <Skeleton rows={2} label={t('Loading the description…')} />;
    return description === '' ? (
      <p className="faint">{t('No description.')}</p>
    ) : (
      <Prose desk={desk} text={description} />
    );
  };
  return (
    <section className="description" aria-label={t('Description')}>
      <div className="part-head">
        <h2>{t('Description')}</h2>
        <span role="status" className="faint">
          {pending !== undefined && t('Saving…')}
          {pending?.merged && t('Your edit and another one are being merged.')}
        </span>
        {may.may && !is_open && description !== undefined && (
          <Button ref={button} kind="quiet" icon="edit" onClick={open}>
            {description === '' ? t('Add') : t('Edit')}
            <span className="hidden">{t('Description')}</span>
          </Button>
        )}
      </div>
      {is_open && may.may ? (
        <>
          <ChangedMeanwhile desk={desk} ticket_id={ticket.id} field="description" base_version={base_version} />
          <Editor
            desk={desk}
            area={area}
            label={t('Description')}
            value={text}
            placeholder={t('What is wrong, or to be done? Markdown works.')}
            onChange={(value) => type(value, base_version)}
            onSubmit={save}
            onCancel={close}
            submit={t('Save')}
            preview={(value) => <Prose desk={desk} text={value} />}
            note={
              draft === undefined ? t('{keys} saves', { keys: shownKeys('Mod+Enter') }) : <DraftAge draft={draft} />
            }
          />
          <OtherTabs {...{ others, exchange, drop }} />
        </>
      ) : (
        read()
      )}
      {!is_open && draft !== undefined && may.may && (
        <LeftDraft draft={draft} onContinue={open} onDiscard={() => discard()} />
      )}
      {draft !== undefined && !may.may && <KeptDraft draft={draft} why={may.why} onDiscard={() => discard()} />}
      {refused !== undefined && conflict !== undefined && (
        <Conflict desk={desk} operation={refused} field="description" onBoth={both} />
      )}
      {refused !== undefined && conflict === undefined && <Refused desk={desk} operation={refused} />}
    </section>
  );
}
