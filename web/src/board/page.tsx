import { Suspense, useMemo } from 'react';
import { useTicketsShown } from '../api/later.ts';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { useDesk, useLive, useProject, useWorkflow } from '../desk/use-desk.ts';
import { useTrail } from '../desk/trail.ts';
import { FilterBar } from '../list/filter-bar.tsx';
import { type Filters, isFiltered } from '../list/filters.ts';
import { isSameRead, readAll } from '../list/items.ts';
import { NoGroups } from '../list/no-groups.tsx';
import { type Beside, TicketsPage } from '../list/tickets-page.tsx';
import { useFilters } from '../list/use-filters.ts';
import { type Group, useGroups, useRead } from '../list/use-lists.ts';
import { useSelection } from '../list/use-selection.ts';
import { lazily } from '../ui/lazily.ts';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Board } from './board.tsx';
import { totalOf, useBoard } from './use-board.ts';

const RowActs = lazily(() => import('../list/row-acts.tsx'));

/** The tickets of a project as a board, with the open ticket beside it. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { filters, change, project = '' } = useFilters({ board: true });
  const groups = useGroups(desk, filters, project);
  const name = useProject(desk, project)?.name ?? project;
  return (
    <TicketsPage
      {...{ desk, project }}
      title={t('{name}: board', { name })}
      tab={t('{name} board', { name })}
      refusals="above"
      className="board-side"
    >
      {(beside) =>
        groups === undefined ? (
          <NoGroups
            {...{ desk, project }}
            rows={6}
            loading={t('Loading the board…')}
            failed={t('The board could not be loaded.')}
          />
        ) : (
          <Loaded {...{ desk, groups, filters, change, project }} {...beside} />
        )
      }
    </TicketsPage>
  );
}

interface LoadedProps extends Beside {
  desk: Desk;
  groups: readonly Group[];
  filters: Filters;
  change: (next: Filters) => void;
  project: string;
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
  useTicketsShown(!is_loading);
  const body = () => {
    if (is_failed) return <Failed what={t('The board could not be loaded.')} error={first.error} onRetry={retry} />;
    if (is_loading || workflow === undefined) return <Skeleton rows={6} label={t('Loading the board…')} />;
    return <Board {...{ desk, project, groups, totals, filters, workflow, opened, selection, onOpen }} />;
  };
  return (
    <>
      <FilterBar {...{ desk, filters, project, change }} count={is_loading || is_failed ? '' : count} board />
      {tickets === 0 && !is_loading && !is_failed && isFiltered(filters) && (
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
