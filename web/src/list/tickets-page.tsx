import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, Suspense } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { ConnectionBanner } from '../desk/connection-banner.tsx';
import type { Desk } from '../desk/desk.ts';
import { useNews } from '../desk/use-news.ts';
import type { KnownTicket } from '../store/changes.ts';
import { lazily, lazilySoon } from '../ui/lazily.ts';
import { Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { useMedia, wide } from '../ui/use-media.ts';
import { useOpened } from './use-filters.ts';
import './list.css';

const Ticket = lazilySoon(() => import('../detail/ticket.tsx'));
const ArchivedNote = lazily(() => import('../desk/archived-note.tsx'));
const Stepping = lazily(() => import('../detail/stepping.tsx'));
const Refused = lazily(() => import('./refused.tsx'));

/** The ticket that is open beside the others, and a function that opens another. */
export interface Beside {
  opened: string | undefined;
  onOpen: (ticket: KnownTicket) => void;
}

interface TicketsPageProps {
  desk: Desk;
  project: string | undefined;
  title: string;
  /** The title of the browser's tab. */
  tab: string;
  /**
   * How refused changes are shown: `messages` shows each as a message and those of several tickets at once above the
   * tickets; `above` shows all of them there.
   */
  refusals: 'messages' | 'above';
  className?: string;
  children: (beside: Beside) => ReactNode;
}

/** The tickets of one project or of all, with the open ticket beside them. */
export function TicketsPage({ desk, project, title, tab, refusals, className = '', children }: TicketsPageProps) {
  const { opened, open, close } = useOpened();
  const are_above = refusals === 'above';
  useNews(desk, opened, { refusals: !are_above });
  const is_wide = useMedia(wide);
  const navigate = useNavigate();
  const toPage = (ticket: string) =>
    void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace: desk.workspace_id, ticket } });
  // If there is no room beside them, the ticket opens as a page.
  const onOpen = ({ key }: KnownTicket) => (is_wide ? open(key) : toPage(key));
  const closeSide = () => {
    const { activeElement } = document;
    close();
    // Return the focus to the link that opened the ticket.
    const from = document.querySelector<HTMLElement>('[data-opened] a');
    if (activeElement === null || from?.contains(activeElement) !== true) from?.focus();
  };
  // Escape closes one layer at a time: the selection first, then the ticket.
  useCommands({ close: closeSide }, () => opened !== undefined && document.querySelector('.selection') === null);

  return (
    <div className={opened === undefined ? 'list-page' : 'list-page list-page-split'}>
      <Title className="hidden" tab={tab}>
        {title}
      </Title>
      <div className={`list-side ${className}`}>
        <ConnectionBanner />
        <Suspense fallback={null}>
          <ArchivedNote desk={desk} project={project} />
        </Suspense>
        {(opened === undefined || !are_above) && (
          <Suspense fallback={null}>
            <Refused desk={desk} together={!are_above} />
          </Suspense>
        )}
        {children({ opened, onOpen })}
      </div>
      <Suspense fallback={null}>
        <Stepping desk={desk} />
      </Suspense>
      {opened !== undefined && (
        <aside className="beside" aria-label={t('Ticket {key}', { key: opened })}>
          <Suspense fallback={<Skeleton label={t('Loading the ticket…')} />}>
            <Ticket key={opened} desk={desk} reference={opened} onClose={closeSide} onGo={open} />
          </Suspense>
        </aside>
      )}
    </div>
  );
}
