import { Suspense, useCallback, useMemo, useRef } from 'react';
import { useTicketsShown } from '../api/later.ts';
import { useCommands } from '../commands/use-commands.ts';
import { run } from '../commands/registry.ts';
import type { Desk } from '../desk/desk.ts';
import { statusOf } from '../desk/steps.ts';
import { useTrail } from '../desk/trail.ts';
import { useWorkflow } from '../desk/use-desk.ts';
import { onceKnown, useMayCreate } from '../desk/use-may.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Failed, Skeleton } from '../ui/states.tsx';
import { lazily } from '../ui/lazily.ts';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { FilterBar } from './filter-bar.tsx';
import { type Filters, isFiltered, withoutFilters } from './filters.ts';
import { fold, folded, isUnfolded } from './folded.ts';
import { isSameRead, itemsOf, readAll } from './items.ts';
import { Rows } from './rows.tsx';
import type { Beside } from './tickets-page.tsx';
import { useStatuses } from './use-value-names.ts';
import { type Group, useFirstPages, useRead } from './use-lists.ts';
import { useSelection } from './use-selection.ts';

const RowActs = lazily(() => import('./row-acts.tsx'));

interface ListedProps extends Beside {
  desk: Desk;
  groups: readonly Group[];
  filters: Filters;
  change: (next: Filters) => void;
  project: string | undefined;
}

/** Formats how many tickets are shown. The API returns no total, so a plus shows that there are more. */
function countOf(shown: number, { has_more, is_folded }: { has_more: boolean; is_folded: boolean }): string {
  if (has_more) return t('{shown} shown, more below', { shown });
  if (is_folded) return t('{shown} shown', { shown });
  return t('{shown, plural, one {# ticket} other {# tickets}}', { shown });
}

/** Returns a function that stays the same and calls the latest one, so that rows aren't drawn again for a new one. */
function useSame(call: (ticket: KnownTicket) => void): (ticket: KnownTicket) => void {
  const latest = useRef(call);
  latest.current = call;
  return useCallback((ticket) => latest.current(ticket), []);
}

/** The filters, and the tickets that match them. */
export function Listed({ desk, groups, filters, change, project, opened, onOpen }: ListedProps) {
  const by_hand = useCell(folded);
  const name = project ?? '';
  const isOpen = (group: Group) =>
    group.status === undefined || isUnfolded(by_hand, desk.workspace_id, name, group) || filters.status.length > 0;
  const unfolded = groups.filter(isOpen);
  const read = useRead(groups, () => readAll(groups), isSameRead);
  // If the unfolded groups are empty, load the folded ones too: the page says whether there are any tickets at all.
  const is_quiet = read.every(({ group, rows, state }) => !isOpen(group) || (rows.length === 0 && !state.has_more));
  useFirstPages(is_quiet ? groups : unfolded);
  const open_keys = unfolded.map(({ key }) => key).join();
  const items = useMemo(() => itemsOf(read, ({ key }) => open_keys.split(',').includes(key)), [read, open_keys]);
  const ids = useMemo(() => items.flatMap((item) => (item.kind === 'row' ? [item.ticket.id] : [])), [items]);
  const selection = useSelection(ids);
  useCommands({ close: selection.clear }, () => selection.selected.size > 0);
  const goes_on = read.some(({ group, state }) => isOpen(group) && state.has_more);
  useTrail(desk, { ids, has_more: goes_on, name: t('List') });

  const statuses = useStatuses(desk, project === undefined ? filters.project : [project]);
  const workflow = useWorkflow(desk, name);
  const statusName = useCallback(
    ({ status }: KnownTicket) => statuses.find(({ key }) => key === status)?.name ?? statusOf(workflow, status).name,
    [statuses, workflow],
  );
  const open = useSame(onOpen);
  const right = useMayCreate(desk, project);
  const create = onceKnown(right);

  const states = read.filter(({ group }) => unfolded.includes(group)).map(({ state }) => state);
  const is_loading = states.some(({ loading, error }) => loading === 'first' && error === undefined);
  const failed = states.find(({ loading, error }) => loading === 'first' && error !== undefined);
  const is_unknown = is_loading || failed !== undefined;
  const has_more = states.some((state) => state.has_more);
  const is_empty =
    ids.length === 0 && !has_more && read.every(({ state, rows }) => rows.length === 0 && !state.has_more);
  const is_loading_first = is_loading && ids.length === 0;
  // What an empty list says depends on whether the account may create a ticket.
  const is_undecided = is_empty && !right.is_known;
  useTicketsShown(!is_loading_first);
  const body = () => {
    if (failed !== undefined) {
      const retry = () => void Promise.all(unfolded.map(({ list }) => list.more()));
      return <Failed what={t('The tickets could not be loaded.')} error={failed.error} onRetry={retry} />;
    }
    if (is_loading_first || is_undecided) return <Skeleton rows={10} label={t('Loading the tickets…')} />;
    if (is_empty) return <Nothing {...{ filters, change }} may={create.may} />;
    return (
      <Rows
        {...{ desk, items, ids, selection, opened, statusName }}
        onOpen={open}
        onFold={(group, is_folded) => fold(desk.workspace_id, name, group, is_folded)}
        onCreate={create.may ? () => run('create') : undefined}
        starts_in={workflow?.initial[0]}
      />
    );
  };
  return (
    <>
      <FilterBar
        {...{ desk, filters, project, change }}
        count={is_unknown ? '' : countOf(ids.length, { has_more, is_folded: unfolded.length < groups.length })}
      />
      {body()}
      <Suspense fallback={null}>
        <RowActs desk={desk} selection={selection} />
      </Suspense>
    </>
  );
}

/** Shown when no ticket matches: why, and what to do next. */
function Nothing({ filters, change, may }: Pick<ListedProps, 'filters' | 'change'> & { may: boolean }) {
  if (isFiltered(filters)) {
    return (
      <Empty title={t('No ticket matches')} says={t('There may be others that these filters leave out.')}>
        <Button kind="primary" onClick={() => change(withoutFilters(filters))}>
          {t('Clear filters')}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty
      title={t('No tickets yet')}
      says={
        may ? t('What is to be done goes here, one ticket for each thing.') : t('Members can create the first one.')
      }
    >
      {may && (
        <Button kind="primary" icon="add" onClick={() => run('create')}>
          {t('New ticket')}
        </Button>
      )}
    </Empty>
  );
}
