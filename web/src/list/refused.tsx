import { useSyncExternalStore } from 'react';
import type { Desk } from '../desk/desk.ts';
import { useTicket } from '../desk/use-desk.ts';
import { FieldRefusals } from '../detail/field-refusals.tsx';
import { Button } from '../ui/button.tsx';
import { t } from '../ui/text.ts';
import './refused.css';

interface RefusedProps {
  desk: Desk;
  /**
   * Whether to show only the refused changes of several tickets at once; a refused change of a single ticket is shown
   * as a message.
   */
  together?: boolean;
}

/** The refused changes of tickets that are not open beside the page, each with its reason and what can be done. */
export default function Refused({ desk, together = false }: RefusedProps) {
  const { operations } = desk;
  const refused = () =>
    operations.all().filter(({ refusal, act }) => refusal !== undefined && (!together || act !== undefined));
  const ids = useSyncExternalStore(operations.subscribe, () =>
    [...new Set(refused().map(({ ticket_id }) => ticket_id))].join(),
  );
  if (ids === '') return null;
  const all = ids.split(',');
  const discard = () => {
    for (const operation of refused()) operations.dismiss(operation);
  };
  return (
    <section className="refusals" aria-label={t('Refused changes')}>
      {all.length > 1 && (
        <header className="refusals-head">
          <strong role="status">{t('{count} tickets were not changed', { count: all.length })}</strong>
          <Button kind="quiet" onClick={discard}>
            {t('Discard all')}
          </Button>
        </header>
      )}
      <ul className="refusals-list">
        {all.map((id) => (
          <OfTicket key={id} desk={desk} id={id} />
        ))}
      </ul>
    </section>
  );
}

function OfTicket({ desk, id }: { desk: Desk; id: string }) {
  const ticket = useTicket(desk, id);
  if (ticket === undefined) return null;
  const { key, title } = ticket;
  return (
    <li>
      <p className="refusals-ticket">
        <a className="figures" href={`/w/${desk.workspace_id}/t/${key}`}>
          {key}
        </a>{' '}
        {title}
      </p>
      <FieldRefusals desk={desk} ticket={ticket} />
    </li>
  );
}
