import { Suspense } from 'react';
import { stepping } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { useTicket } from '../desk/use-desk.ts';
import { lazilySoon } from '../ui/lazily.ts';
import { useCell } from '../ui/use-cell.ts';

const StepSheet = lazilySoon(() => import('./step-sheet.tsx'));

/** Shows the form of the step that waits for required fields, if there is one. */
export default function Stepping({ desk }: { desk: Desk }) {
  const asked = useCell(stepping);
  const ticket = useTicket(desk, asked?.ticket_id ?? '');
  if (asked === undefined || ticket === undefined) return null;
  const { others = [], step, placed } = asked;
  return (
    <Suspense fallback={null}>
      <StepSheet key={ticket.id + step.to} {...{ desk, ticket, others, step, placed }} />
    </Suspense>
  );
}
