import { useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { failureOf } from '../api/problems.ts';
import { createTicket } from '../api/tickets.ts';
import type { Desk } from '../desk/desk.ts';
import { useDraft } from '../desk/use-draft.ts';
import { t } from '../ui/text.ts';
import { overTitle } from '../ui/title-limit.ts';
import { toast } from '../ui/toast.tsx';

interface NewCardProps {
  desk: Desk;
  status: string;
  onClose: () => void;
}

/** Creates tickets in a column by their titles, one after the other. A title that could not be created is not lost. */
export function NewCard({ desk, status, onClose }: NewCardProps) {
  const { project = '' } = useParams({ strict: false });
  const { draft, type, discard } = useDraft(desk, `new in ${project}`, status);
  const title = draft?.text ?? '';
  const [creating, setCreating] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);

  const over = overTitle(title);
  const create = async () => {
    const given = title.trim();
    if (given === '' || over !== undefined) return;
    discard();
    setCreating((all) => [...all, given]);
    try {
      const { key } = await createTicket(desk.workspace_id, project, { title: given, status });
      toast({ text: t('{key} created', { key }) });
    } catch (error) {
      // A title typed in the meantime is the next one and stays in the field; the failed one is then shown in the
      // message.
      if (input.current?.value === '') type(given, 0);
      toast({
        kind: 'error',
        text: t('“{title}” was not created. {why}.', { title: given, why: failureOf(error).title }),
      });
    }
    setCreating((all) => all.toSpliced(all.indexOf(given), 1));
  };

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
            if (event.key === 'Escape' && !event.nativeEvent.isComposing) onClose();
          }}
        />
      </form>
      <p role="status" className="field-fault">
        {over}
      </p>
      {creating.map((one, index) => (
        <p key={`${index} ${one}`} className="card-creating" role="status">
          {t('Creating “{title}”…', { title: one })}
        </p>
      ))}
    </>
  );
}
