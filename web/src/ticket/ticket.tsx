import type { Desk } from '../desk/desk.ts';

export default function Ticket(_props: { desk: Desk; reference: string; onClose: () => void }) {
  return null;
}
