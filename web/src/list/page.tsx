import { useNavigate } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { ConnectionBanner } from '../desk/connection-banner.tsx';
import { useDesk, useLive, useProject } from '../desk/use-desk.ts';
import { useNews } from '../desk/use-news.ts';
import type { KnownTicket } from '../store/changes.ts';
import { lazily, lazilySoon } from '../ui/lazily.ts';
import { Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { useMedia, wide } from '../ui/use-media.ts';
import { Listed } from './listed.tsx';
import { useFilters, useOpened } from './use-filters.ts';
import { useGroups } from './use-lists.ts';
import './list.css';

const Ticket = lazilySoon(() => import('../detail/ticket.tsx'));
const ArchivedNote = lazily(() => import('../desk/archived-note.tsx'));
const Stepping = lazily(() => import('../detail/stepping.tsx'));
const Refused = lazily(() => import('./refused.tsx'));

/** The tickets of a project, or of all, as a list; beside it the ticket that is open. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { filters, change, project } = useFilters();
  const { opened, open, close } = useOpened();
  useNews(desk, opened);
  const groups = useGroups(desk, filters, project);
  const is_wide = useMedia(wide);
  const navigate = useNavigate();
  const name = useProject(desk, project)?.name ?? (project === undefined ? t('All projects') : project);

  const toPage = (ticket: string) =>
    void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace: desk.workspace_id, ticket } });
  // Where there is no room beside the list, a ticket is a page of its own.
  const onOpen = ({ key }: KnownTicket) => (is_wide ? open(key) : toPage(key));
  const closeSide = () => {
    const { activeElement } = document;
    close();
    // Back to the row that the ticket was opened from.
    const row = document.querySelector<HTMLElement>(`[data-opened] a`);
    if (activeElement === null || row?.contains(activeElement) !== true) row?.focus();
  };
  // One layer at a time: the selection goes first.
  useCommands({ close: closeSide }, () => opened !== undefined && document.querySelector('.selection') === null);

  return (
    <div className={opened === undefined ? 'list-page' : 'list-page list-page-split'}>
      <Title className="hidden" tab={t('{name} tickets', { name })}>
        {t('{name}: tickets', { name })}
      </Title>
      <div className="list-side">
        <ConnectionBanner />
        <Suspense fallback={null}>
          <ArchivedNote desk={desk} project={project} />
        </Suspense>
        <Suspense fallback={null}>
          <Refused desk={desk} together />
        </Suspense>
        {groups === undefined ? (
          <Skeleton rows={10} label={t('Loading the tickets…')} />
        ) : (
          <Listed {...{ desk, groups, filters, change, project, opened, onOpen }} />
        )}
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
