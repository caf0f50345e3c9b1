import type { Workflow } from 'baton-sdk';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import { onceKnown, useMayCreate } from '../desk/use-may.ts';
import { type Filters, isFiltered } from '../list/filters.ts';
import { isSameRead, readAll } from '../list/items.ts';
import { sort_labels } from '../list/names.ts';
import { type Group, useRead } from '../list/use-lists.ts';
import type { Selection } from '../list/use-selection.ts';
import type { KnownTicket } from '../store/changes.ts';
import { preferences } from '../store/preferences.ts';
import { lazily } from '../ui/lazily.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import { useCell } from '../ui/use-cell.ts';
import { useMedia } from '../ui/use-media.ts';
import { Column } from './column.tsx';
import { makeDragCell, scrollSideways } from './dragging.ts';
import { withLifted } from './lift.ts';
import { Tabs } from './tabs.tsx';
import { type Total, totalOf } from './use-board.ts';
import { type Heading, useCardFocus } from './use-card-focus.ts';
import { useLift } from './use-lift.ts';
import { useMoves } from './use-moves.ts';
import { isText, useExtend, useSelectCommands } from './use-select.ts';
import './board.css';

const CardMenu = lazily(() => import('./card-menu.tsx'));

/** The height of a card and the gap below it, in pixels, as board.css sets them. */
const pitches = { comfortable: 112, compact: 92 };
const open_after_ms = 150;
/** The screens that have room for only one column. */
const narrow = '(max-width: 639px)';

interface BoardProps {
  desk: Desk;
  /** The project's key. */
  project: string;
  groups: readonly Group[];
  totals: ReadonlyMap<string, Total>;
  filters: Filters;
  workflow: Workflow;
  opened: string | undefined;
  selection: Selection;
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

/** The text in an empty column, by the status's category. */
const emptiness: Record<string, () => string> = {
  todo: () => t('What is to be done goes here.'),
  in_progress: () => t('What somebody works on goes here.'),
  waiting: () => t('What waits for somebody else goes here.'),
  done: () => t('What is finished goes here.'),
};

/** Returns the columns, the moves that are possible, and the card that has the focus or is lifted. */
function useColumns({ desk, groups, filters, workflow }: Pick<BoardProps, 'desk' | 'groups' | 'filters' | 'workflow'>) {
  const read = useRead(groups, () => readAll(groups), isSameRead);
  const by_hand = filters.sort === 'rank';
  const [said, say] = useState('');
  const [drag] = useState(makeDragCell);
  const is_narrow = useMedia(narrow);
  const [tab, setTab] = useState<string | undefined>(undefined);
  const columns = useMemo(() => read.map(({ group, rows }) => ({ status: group.key, rows })), [read]);
  const moves = useMoves({ desk, workflow, columns, by_hand, drag });
  const roving = useCardFocus(columns);
  const ticketOf = useCallback((id: string) => desk.tickets.shown(id), [desk]);
  const lifting = useLift({
    rules: (id) => ({ columns, by_hand, may: (status) => moves.refuses(id, status) === undefined }),
    ticketOf,
    nameOf: moves.nameOf,
    refuses: moves.refuses,
    say,
    put: moves.put,
    focus: (id, status) => {
      setTab(status); // on a phone, the column with the card is shown
      roving.focus(id);
    },
  });
  const { lift } = lifting;
  const drawn = useMemo(() => withLifted(columns, lift, ticketOf), [columns, lift, ticketOf]);
  const shown_tab = is_narrow ? (read.find(({ group }) => group.key === tab) ?? read[0])?.group.key : undefined;
  return {
    read,
    columns,
    drawn,
    by_hand,
    drag,
    said,
    is_narrow,
    shown_tab,
    setTab,
    moves,
    lifting,
    ticketOf,
    ...roving,
  };
}

/** The columns side by side, or one of them on a phone. All cards share one tab stop. */
export function Board(props: BoardProps) {
  const { desk, totals, workflow, opened, selection, onOpen } = props;
  const state = useColumns(props);
  const { read, by_hand, shown_tab, moves, lifting, board } = state;
  const [menu, setMenu] = useState<{ id: string; button: HTMLElement } | undefined>(undefined);
  const onMenu = useCallback((id: string, button: HTMLElement) => setMenu({ id, button }), []);
  useEffect(() => (board.current === null ? undefined : scrollSideways(board.current)), [board]);
  const extend = useExtend(state, selection);
  useBoardCommands(state, { is_open: opened !== undefined, onOpen });
  useSelectCommands(state, { selection, extend });

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (lifting.press(event) || event.defaultPrevented) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const heading = headings[event.key];
    if (heading === undefined || isText(event.target)) return;
    if (!event.shiftKey) state.move(heading);
    else if (heading === 'up' || heading === 'down') extend(heading);
    else return;
    event.preventDefault();
  };
  return (
    <>
      {state.is_narrow && <Tabs {...{ read, totals }} shown={shown_tab} onShow={state.setTab} />}
      <div
        ref={board}
        className="board"
        data-list=""
        data-selecting={selection.selected.size > 0 || undefined}
        onKeyDown={onKeyDown}
        onBlur={onBlurOf(lifting.cancel)}
      >
        <Columns {...props} state={state} onMenu={onMenu} />
      </div>
      <p className="hidden" role="status">
        {state.said}
      </p>
      {menu !== undefined && (
        <Suspense fallback={null}>
          <CardMenu
            {...{ desk, menu, workflow, by_hand, onOpen, columns: state.columns, focus: state.focus, role: moves.role }}
            why={moves.known.may ? undefined : moves.known.why}
            onSelect={() => selection.toggle(menu.id, false)}
            onClose={() => setMenu(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}

interface ColumnsProps extends BoardProps {
  state: ReturnType<typeof useColumns>;
  onMenu: (id: string, button: HTMLElement) => void;
}

function Columns({ desk, project, totals, filters, workflow, opened, selection, onOpen, state, onMenu }: ColumnsProps) {
  const { read, drawn, by_hand, drag, shown_tab, moves, lifting, active, setActive, onScroller } = state;
  const create = onceKnown(useMayCreate(desk, project));
  const pitch = pitches[useCell(preferences).density];
  const [creating, setCreating] = useState<string | undefined>(undefined);
  const places = { drag, by_hand, pitch, onScroller, onActive: setActive, onCreating: setCreating };
  const acts = { desk, ...places, onOpen, onMenu, selected: selection.selected, onSelect: selection.toggle };
  return read.map(({ group, rows, state: loaded }, index) => {
    const { key, status } = group;
    if (status === undefined || (shown_tab !== undefined && key !== shown_tab)) return null;
    const shown = drawn[index]?.rows ?? rows;
    const own = (id: string | undefined) => shown.find((row) => row.id === id)?.id;
    const total = totalOf(totals.get(key), rows.length, loaded.has_more);
    return (
      <Column
        key={key}
        {...{ ...acts, status, group }}
        state={loaded}
        rows={shown}
        total={total.tickets}
        has_more={total.more}
        order={sort_labels[filters.sort]()}
        active={own(active)}
        lifted={own(lifting.lift?.id)}
        opened={shown.some((row) => row.key === opened) ? opened : undefined}
        refuses={moves.refuses}
        creates={create.may && workflow.initial.includes(key)}
        is_creating={creating === key}
        empty={isFiltered(filters) ? t('No ticket here matches the filters.') : (emptiness[status.category]?.() ?? '')}
      />
    );
  });
}

/** Binds the commands for the focused card. */
function useBoardCommands(
  { active, ticketOf, lifting, moves, move }: ReturnType<typeof useColumns>,
  { is_open, onOpen }: { is_open: boolean; onOpen: (ticket: KnownTicket) => void },
): void {
  // While a ticket is open beside the board, j and k open the next one in its place. If the key is held down, only the
  // last one opens.
  const opening = useRef<ReturnType<typeof setTimeout>>(undefined);
  const step = (heading: Heading) => {
    const id = move(heading);
    const ticket = id === undefined ? undefined : ticketOf(id);
    clearTimeout(opening.current);
    if (is_open && ticket !== undefined) opening.current = setTimeout(() => onOpen(ticket), open_after_ms);
  };
  useCommands({ next: () => step('down'), previous: () => step('up') });
  useCommands(
    {
      open: () => {
        const ticket = active === undefined ? undefined : ticketOf(active);
        if (ticket !== undefined) onOpen(ticket);
      },
      lift: () => {
        if (active === undefined) return;
        if (moves.may) lifting.begin(active);
        else toast({ kind: 'error', text: moves.why });
      },
    },
    () => active !== undefined && (document.activeElement?.closest('.board .card') ?? null) !== null,
  );
}

/**
 * Puts a lifted card back when the focus leaves the board. Moving the card moves the focus within the board, which is
 * no reason to put it back.
 */
const onBlurOf = (cancel: () => void) => (event: React.FocusEvent<HTMLDivElement>) => {
  const { currentTarget, relatedTarget } = event;
  if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) cancel();
};
