import type { Desk } from '../desk/desk.ts';
import { useWhoChanged } from '../desk/who-changed.ts';
import { t } from '../ui/text.ts';
import { Time } from '../ui/time.tsx';
import '../desk/drafts.css';

interface Props {
  desk: Desk;
  ticket_id: string;
  field: string;
  /** The version that the person saw when they began to type. */
  base_version: number;
}

/**
 * A note above an open field that somebody else has changed. The typed text stays, and is compared when it is saved.
 */
export function ChangedMeanwhile({ desk, ticket_id, field, base_version }: Props) {
  const who = useWhoChanged(desk, ticket_id, [field], base_version);
  return (
    <div role="status">
      {who !== undefined && (
        <p className="changed-meanwhile">
          {t('{name} has changed this meanwhile. When you save, both are shown.', { name: who.actor_name })}{' '}
          <Time at={who.created_at} />
        </p>
      )}
    </div>
  );
}
