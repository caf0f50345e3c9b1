import { useNavigate } from '@tanstack/react-router';
import { Suspense, useMemo } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { ConnectionBanner } from '../desk/connection-banner.tsx';
import type { Desk } from '../desk/desk.ts';
import { useDesk, useLive, useProject, useWorkflow } from '../desk/use-desk.ts';
import { useTrail } from '../desk/trail.ts';
import { useNews } from '../desk/use-news.ts';
import { FilterBar } from '../list/filter-bar.tsx';
import { type Filters, isFiltered } from '../list/filters.ts';
import { isSameRead, readAll } from '../list/items.ts';
import { useFilters, useOpened } from '../list/use-filters.ts';
import { type Group, useGroups, useRead } from '../list/use-lists.ts';
import { useSelection } from '../list/use-selection.ts';
import type { KnownTicket } from '../store/changes.ts';
import { lazily, lazilySoon } from '../ui/lazily.ts';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { useMedia, wide } from '../ui/use-media.ts';
import { Board } from './board.tsx';
import { totalOf, useBoard } from './use-board.ts';
import '../list/list.css';

const Ticket = lazilySoon(() => import('../detail/ticket.tsx'));
const ArchivedNote = lazily(() => import('../desk/archived-note.tsx'));
const Stepping = lazily(() => import('../detail/stepping.tsx'));
const RowActs = lazily(() => import('../list/row-acts.tsx'));
const Refused = lazily(() => import('../list/refused.tsx'));

/** The tickets of a project as a board; beside it the ticket that is open. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { filters, change, project = '' } = useFilters({ board: true });
  const { opened, open, close } = useOpened();
  useNews(desk, opened, { refusals: false });
  const groups = useGroups(desk, filters, project);
  const is_wide = useMedia(wide);
  const navigate = useNavigate();
  const name = useProject(desk, project)?.name ?? project;

  const toPage = (ticket: string) =>
    void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace: desk.workspace_id, ticket } });
  // Where there is no room beside the board, a ticket is a page of its own.
  const onOpen = ({ key }: KnownTicket) => (is_wide ? open(key) : toPage(key));
  const closeSide = () => {
    close();
    document.querySelector<HTMLElement>('[data-opened] a')?.focus();
  };
  // One layer at a time: the selection goes first.
  useCommands({ close: closeSide }, () => opened !== undefined && document.querySelector('.selection') === null);

  return (
    <div className={opened === undefined ? 'list-page' : 'list-page list-page-split'}>
      <Title className="hidden" tab={t('{name} board', { name })}>
        {t('{name}: board', { name })}
      </Title>
      <div className="list-side board-side">
        <ConnectionBanner />
        <Suspense fallback={null}>
          <ArchivedNote desk={desk} project={project} />
        </Suspense>
        {opened === undefined && (
          <Suspense fallback={null}>
            <Refused desk={desk} />
          </Suspense>
        )}
        {groups === undefined ? (
          <Skeleton rows={6} label={t('Loading the board…')} />
        ) : (
          <Loaded {...{ desk, groups, filters, change, project, opened, onOpen }} />
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

interface LoadedProps {
  desk: Desk;
  groups: readonly Group[];
  filters: Filters;
  change: (next: Filters) => void;
  project: string;
  opened: string | undefined;
  onOpen: (ticket: KnownTicket) => void;
}

function Loaded({ desk, groups, filters, change, project, opened, onOpen }: LoadedProps) {
  const { totals, retry } = useBoard(desk, groups, filters, project);
  const workflow = useWorkflow(desk, project);
  const read = useRead(groups, () => readAll(groups), isSameRead);
  const ids = useMemo(() => read.flatMap(({ rows }) => rows.map(({ id }) => id)), [read]);
  const selection = useSelection(ids);
  useCommands({ close: selection.clear }, () => selection.selected.size > 0);
  useTrail(desk, { ids, has_more: read.some(({ state }) => state.has_more), name: t('Board') });
  const first = read[0]?.state;
  const sums = read.map(({ group, rows, state }) => totalOf(totals.get(group.key), rows.length, state.has_more));
  const tickets = sums.reduce((sum, one) => sum + one.tickets, 0);
  const count = sums.some(({ more }) => more)
    ? t('{count}+ tickets', { count: tickets })
    : t('{count, plural, one {# ticket} other {# tickets}}', { count: tickets });
  const is_loading = first?.loading === 'first' && first.error === undefined;
  const is_failed = first?.loading === 'first' && first.error !== undefined;
  const body = () => {
    if (is_failed) return <Failed what={t('The board could not be loaded.')} error={first.error} onRetry={retry} />;
    if (is_loading || workflow === undefined) return <Skeleton rows={6} label={t('Loading the board…')} />;
    return <Board {...{ desk, project, groups, totals, filters, workflow, opened, selection, onOpen }} />;
  };
  return (
    <>
      <FilterBar {...{ desk, filters, project, change }} count={is_loading ? '' : count} board />
      {tickets === 0 && !is_loading && isFiltered(filters) && (
        <p className="board-note" role="status">
          {t('No ticket matches these filters.')}
        </p>
      )}
      {body()}
      <Suspense fallback={null}>
        <RowActs desk={desk} selection={selection} />
      </Suspense>
    </>
  );
}
