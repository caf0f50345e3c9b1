import { useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { failureOf } from '../api/problems.ts';
import { createTicket } from '../api/tickets.ts';
import type { Desk } from '../desk/desk.ts';
import { OtherTabs } from '../desk/draft-note.tsx';
import { useDraft } from '../desk/use-draft.ts';
import type { Draft } from '../store/draft-texts.ts';
import { isComposing } from '../ui/composing.ts';
import { t } from '../ui/text.ts';
import { overTitle } from '../ui/title-limit.ts';
import { toast } from '../ui/toast.tsx';

interface NewCardProps {
  desk: Desk;
  status: string;
  onClose: () => void;
}

/** Creates tickets in a column by their titles, one after the other. A title is a draft until its ticket is created. */
export function NewCard({ desk, status, onClose }: NewCardProps) {
  const { project = '' } = useParams({ strict: false });
  const { draft, others, type, exchange, drop, setAside } = useDraft(desk, `new in ${project}`, status);
  const title = draft?.text ?? '';
  const [creating, setCreating] = useState<readonly Draft[]>([]);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);

  const over = overTitle(title);
  const create = async () => {
    const given = title.trim();
    const sent = given === '' || over !== undefined ? undefined : setAside();
    if (sent === undefined) return;
    setCreating((all) => [...all, sent]);
    try {
      const { key } = await createTicket(desk.workspace_id, project, { title: given, status });
      drop(sent);
      toast({ text: t('{key} created', { key }) });
    } catch (error) {
      // A title typed in the meantime is the next one and stays in the field; the failed one is then shown below it.
      if ((input.current?.value ?? '') === '') exchange(sent);
      toast({
        kind: 'error',
        text: t('“{title}” was not created. {why}.', { title: given, why: failureOf(error).title }),
      });
    }
    setCreating((all) => all.filter((one) => one !== sent));
  };
  const is_creating = ({ stamp }: Draft) => creating.some((one) => one.stamp === stamp);
  return (
    <>
      <form
        className="new-card"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <input
          ref={input}
          aria-label={t('Title of the new ticket')}
          placeholder={t('Title, then Enter')}
          value={title}
          aria-invalid={over !== undefined || undefined}
          autoComplete="off"
          onChange={(event) => type(event.currentTarget.value, 0)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === 'Escape' && !isComposing(event.nativeEvent)) onClose();
          }}
        />
      </form>
      <p role="status" className="field-fault">
        {over}
      </p>
      {creating.map(({ stamp, text }) => (
        <p key={stamp} className="card-creating" role="status">
          {t('Creating “{title}”…', { title: text.trim() })}
        </p>
      ))}
      <OtherTabs
        says={t('Not created yet:')}
        others={others.filter((one) => !is_creating(one))}
        {...{ exchange, drop }}
      />
    </>
  );
}
