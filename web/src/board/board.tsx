import type { Workflow } from 'baton-sdk';
import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import { move as moveTo, placeAt as placeTicket } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { statusOf, stepsFrom } from '../desk/steps.ts';
import { useRole } from '../desk/use-desk.ts';
import { useMay } from '../desk/use-may.ts';
import type { Filters } from '../list/filters.ts';
import { isSameRead, readAll } from '../list/items.ts';
import { sort_labels } from '../list/names.ts';
import { type Group, useRead } from '../list/use-lists.ts';
import type { KnownTicket } from '../store/changes.ts';
import { preferences } from '../store/preferences.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { useCell } from '../ui/use-cell.ts';
import { useMedia } from '../ui/use-media.ts';
import { CardMenu } from './card-menu.tsx';
import { Column } from './column.tsx';
import { followDrags, makeDragCell, scrollSideways } from './dragging.ts';
import { others, placeAt, type Spot, spotOf } from './spots.ts';
import { Tabs } from './tabs.tsx';
import { type Total, totalOf } from './use-board.ts';
import { type Heading, useCardFocus } from './use-card-focus.ts';
import { useLift } from './use-lift.ts';
import './board.css';

/** A card’s height and the gap below it, as board.css has them. */
const pitches = { comfortable: 112, compact: 92 };
/** Where there is room for one column alone. */
const narrow = '(max-width: 639px)';

interface BoardProps {
  desk: Desk;
  groups: readonly Group[];
  totals: ReadonlyMap<string, Total>;
  filters: Filters;
  workflow: Workflow;
  opened: string | undefined;
  onOpen: (ticket: KnownTicket) => void;
}

const headings: Record<string, Heading> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'before',
  ArrowRight: 'after',
  Home: 'first',
  End: 'last',
};

/** What belongs into a column that is empty. */
const emptiness: Record<string, () => string> = {
  todo: () => t('What is to be done goes here.'),
  in_progress: () => t('What somebody works on goes here.'),
  waiting: () => t('What waits for somebody else goes here.'),
  done: () => t('What is finished goes here.'),
};

/** The columns side by side, or one of them on a phone; one tab stop for all their cards. */
export function Board({ desk, groups, totals, filters, workflow, opened, onOpen }: BoardProps) {
  const read = useRead(groups, () => readAll(groups), isSameRead);
  const by_hand = filters.sort === 'rank';
  const role = useRole(desk);
  const may = useMay(desk, 'transition_ticket');
  const create = useMay(desk, 'create_ticket');
  const pitch = pitches[useCell(preferences).density];
  const is_narrow = useMedia(narrow);
  const [tab, setTab] = useState<string | undefined>(undefined);
  const [creating, setCreating] = useState<string | undefined>(undefined);
  const [menu, setMenu] = useState<{ id: string; button: HTMLElement } | undefined>(undefined);
  const [said, say] = useState('');
  const [drag] = useState(makeDragCell);

  const ticketOf = useCallback((id: string) => desk.tickets.shown(id), [desk]);
  const nameOf = (status: string) => statusOf(workflow, status).name;
  const columns = useMemo(() => read.map(({ group, rows }) => ({ status: group.key, rows })), [read]);
  const { board, active, setActive, onScroller, focus, move } = useCardFocus(columns);

  const refuses = (id: string, status: string): string | undefined => {
    const ticket = ticketOf(id);
    if (ticket === undefined) return t('It is gone.');
    if (!may.may) return may.why;
    if (ticket.status === status || ticket.allowed_transitions.includes(status)) return undefined;
    const [from, to] = [nameOf(ticket.status), nameOf(status)];
    const exists = workflow.transitions.some((step) => step.from === ticket.status && step.to === status);
    return exists
      ? t('The step from {from} to {to} is for other roles.', { from, to })
      : t('No step from {from} to {to}.', { from, to });
  };
  const refusesNow = useRef(refuses);
  refusesNow.current = refuses;

  const put = (id: string, { status, index }: Spot) => {
    const ticket = ticketOf(id);
    const rows = columns.find((column) => column.status === status)?.rows ?? [];
    if (ticket === undefined) return;
    const why = refuses(id, status);
    if (why !== undefined) return toast({ kind: 'error', text: why });
    const placed = placeAt(rows, index, id);
    const where = { key: ticket.key, name: nameOf(status), place: index + 1, of: others(rows, id).length + 1 };
    if (ticket.status === status) {
      const is_back = spotOf(columns, id)?.index === index;
      if (!by_hand || is_back) return undefined;
      return placeTicket(desk, ticket, placed, t('{key} is in {name} at place {place} of {of}', where));
    }
    const step = stepsFrom(workflow, ticket).find(({ to }) => to === status);
    if (step !== undefined) moveTo(desk, ticket, step, { role, workflow }, by_hand ? placed : undefined);
    return undefined;
  };

  const lifting = useLift({
    rules: (id) => ({ columns, by_hand, may: (status) => refuses(id, status) === undefined }),
    ticketOf,
    nameOf,
    refuses,
    say,
    put,
    focus: (id) => {
      if (is_narrow) setTab(spotOf(shownColumns(), id)?.status ?? tab);
      focus(id);
    },
  });
  const { lift } = lifting;
  /** The columns as they are drawn: a lifted card stands where it would be put down. */
  const drawn = useMemo(() => {
    const ticket = lift === undefined ? undefined : ticketOf(lift.id);
    if (lift === undefined || ticket === undefined) return columns;
    return columns.map(({ status, rows }) => {
      const rest = others(rows, lift.id);
      return { status, rows: lift.to.status === status ? rest.toSpliced(lift.to.index, 0, ticket) : rest };
    });
  }, [columns, lift, ticketOf]);
  const shownColumns = () => drawn;

  const drop = useEffectEvent(put);
  useEffect(() => followDrags(drag, (id, spot) => drop(id, spot)), [drag]);
  useEffect(() => (board.current === null ? undefined : scrollSideways(board.current)), [board]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (lifting.press(event) || event.defaultPrevented) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const heading = headings[event.key];
    const is_in_text = event.target instanceof HTMLInputElement;
    if (heading === undefined || is_in_text || event.target instanceof HTMLButtonElement) return;
    move(heading);
    event.preventDefault();
  };
  const has_focus = () => document.activeElement?.closest('.card') !== null && document.activeElement !== document.body;
  useCommands({ next: () => move('down'), previous: () => move('up') });
  useCommands(
    {
      open: () => {
        const ticket = active === undefined ? undefined : ticketOf(active);
        if (ticket !== undefined) onOpen(ticket);
      },
      lift: () => {
        if (active === undefined) return;
        if (may.may) lifting.begin(active);
        else toast({ kind: 'error', text: may.why });
      },
    },
    () => active !== undefined && has_focus(),
  );

  const first = read[0]?.group.key;
  const tab_shown = read.some(({ group }) => group.key === tab) ? tab : first;
  const onMenu = useCallback((id: string, button: HTMLElement) => setMenu({ id, button }), []);
  const refusers = useMemo(
    () => new Map(groups.map(({ key }) => [key, (id: string) => refusesNow.current(id, key)])),
    [groups],
  );
  const order = sort_labels[filters.sort]();
  return (
    <>
      {is_narrow && <Tabs {...{ read, totals }} shown={tab_shown} onShow={setTab} />}
      <div ref={board} className="board" data-list="" onKeyDown={onKeyDown} onBlur={onBlurOf(lifting.cancel)}>
        {read.map(({ group, rows, state }, index) => {
          const { status } = group;
          const shown = drawn[index]?.rows ?? rows;
          if (status === undefined || (is_narrow && group.key !== tab_shown)) return null;
          const has = (id: string | undefined) => id !== undefined && shown.some((row) => row.id === id);
          return (
            <Column
              key={group.key}
              {...{ desk, status, group, state, pitch, drag, by_hand, order, onOpen, onMenu, onScroller }}
              rows={shown}
              total={totalOf(totals.get(group.key), rows.length, state.has_more)}
              active={has(active) ? active : undefined}
              opened={shown.some(({ key }) => key === opened) ? opened : undefined}
              lifted={has(lift?.id) ? lift?.id : undefined}
              refuses={refusers.get(group.key) ?? (() => undefined)}
              creates={create.may && workflow.initial.includes(group.key)}
              is_creating={creating === group.key}
              onCreating={setCreating}
              onActive={setActive}
              empty={(emptiness[status.category] ?? (() => ''))()}
            />
          );
        })}
      </div>
      <p className="hidden" role="status">
        {said}
      </p>
      {menu !== undefined && (
        <CardMenu
          {...{ desk, menu, workflow, columns, by_hand, onOpen, focus }}
          role={role}
          why={may.may ? undefined : may.why}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}

/** Puts a lifted card back when the focus leaves the board. Within it, the focus goes along with the card. */
const onBlurOf = (cancel: () => void) => (event: React.FocusEvent<HTMLDivElement>) => {
  const { currentTarget, relatedTarget } = event;
  if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) cancel();
};
