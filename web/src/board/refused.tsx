import { useSyncExternalStore } from 'react';
import type { Desk } from '../desk/desk.ts';
import { useTicket } from '../desk/use-desk.ts';
import { FieldRefusals } from '../detail/field-refusals.tsx';

/** What was refused of tickets that are not open beside the board: where they are now, and what can be done from there. */
export default function Refused({ desk }: { desk: Desk }) {
  const { operations } = desk;
  const ids = useSyncExternalStore(operations.subscribe, () => {
    const refused = operations.all().filter(({ refusal }) => refusal !== undefined);
    return [...new Set(refused.map(({ ticket_id }) => ticket_id))].join();
  });
  if (ids === '') return null;
  return (
    <div className="board-refusals">
      {ids.split(',').map((id) => (
        <OfTicket key={id} desk={desk} id={id} />
      ))}
    </div>
  );
}

function OfTicket({ desk, id }: { desk: Desk; id: string }) {
  const ticket = useTicket(desk, id);
  return ticket === undefined ? null : <FieldRefusals desk={desk} ticket={ticket} />;
}
