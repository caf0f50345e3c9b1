import { useSyncExternalStore } from 'react';
import type { Desk } from '../desk/desk.ts';
import { useTicket } from '../desk/use-desk.ts';
import { FieldRefusals } from '../detail/field-refusals.tsx';
import { StepSheet } from '../detail/step-sheet.tsx';

/** What steps ask for, and what was refused, of tickets that are not open beside the board. */
export default function Unasked({ desk }: { desk: Desk }) {
  const { operations } = desk;
  const refused = useSyncExternalStore(operations.subscribe, () =>
    [
      ...new Set(operations.all().flatMap(({ ticket_id, refusal }) => (refusal === undefined ? [] : [ticket_id]))),
    ].join(),
  );
  return (
    <>
      <StepSheet desk={desk} />
      {refused !== '' && (
        <div className="board-refusals">
          {refused.split(',').map((id) => (
            <OfTicket key={id} desk={desk} id={id} />
          ))}
        </div>
      )}
    </>
  );
}

function OfTicket({ desk, id }: { desk: Desk; id: string }) {
  const ticket = useTicket(desk, id);
  return ticket === undefined ? null : <FieldRefusals desk={desk} ticket={ticket} />;
}
