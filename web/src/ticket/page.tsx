import { Link, useParams } from '@tanstack/react-router';
import { ConnectionBanner } from '../desk/connection-banner.tsx';
import { useDesk, useLive } from '../desk/use-desk.ts';
import { useNews } from '../desk/use-news.ts';
import { Stepping } from '../detail/stepping.tsx';
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
  const { workspace_id: workspace } = desk;
  const project = ticket.slice(0, ticket.lastIndexOf('-')).toUpperCase();
  return (
    <div className="ticket-page">
      <ConnectionBanner />
      <Ticket
        key={ticket}
        desk={desk}
        reference={ticket}
        back={
          <Link
            to="/w/$workspace/p/$project/list"
            params={{ workspace, project }}
            className="button button-quiet ticket-back"
            aria-label={t('Back to the list')}
          >
            <Icon name="back" /> <span>{t('List')}</span>
          </Link>
        }
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
