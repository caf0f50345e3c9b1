import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ConnectionBanner } from '../desk/connection-banner.tsx';
import type { Desk } from '../desk/desk.ts';
import { usePlaceOf } from '../desk/trail.ts';
import { useDesk, useLive, useTicket } from '../desk/use-desk.ts';
import { useNews } from '../desk/use-news.ts';
import Stepping from '../detail/stepping.tsx';
import Ticket from '../detail/ticket.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import './ticket.css';

/** One ticket as a page. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { ticket = '' } = useParams({ strict: false });
  useNews(desk, ticket.toUpperCase());
  const navigate = useNavigate();
  const { workspace_id: workspace } = desk;
  const project = ticket.slice(0, ticket.lastIndexOf('-')).toUpperCase();
  return (
    <div className="ticket-page">
      <ConnectionBanner />
      <Ticket
        key={ticket}
        desk={desk}
        reference={ticket}
        onGo={(key) =>
          void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace, ticket: key }, replace: true })
        }
        back={<Back {...{ desk, ticket, project }} />}
        heading={(title, key) => (
          <Title className="ticket-title" tab={`${key} ${title}`}>
            {title}
          </Title>
        )}
      />
      <Stepping desk={desk} />
    </div>
  );
}

/** Links back to the list or board that the ticket was opened from, or else to its project's list. */
function Back({ desk, ticket, project }: { desk: Desk; ticket: string; project: string }) {
  const known = useTicket(desk, desk.tickets.idOf(ticket) ?? '');
  const place = usePlaceOf(desk, known);
  const navigate = useNavigate();
  if (place === undefined) {
    return (
      <Link
        to="/w/$workspace/p/$project/list"
        params={{ workspace: desk.workspace_id, project }}
        className="button button-quiet ticket-back"
        aria-label={t('Back to the list')}
      >
        <Icon name="back" /> <span>{t('List')}</span>
      </Link>
    );
  }
  const { name, href } = place;
  const go = (event: React.MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate({ href });
  };
  return (
    <a href={href} className="button button-quiet ticket-back" aria-label={t('Back to: {name}', { name })} onClick={go}>
      <Icon name="back" /> <span>{name}</span>
    </a>
  );
}
