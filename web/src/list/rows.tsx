import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useCommands } from '../commands/use-commands.ts';
import type { Desk } from '../desk/desk.ts';
import type { KnownTicket } from '../store/changes.ts';
import { rangeWith } from '../ui/range-with.ts';
import { t } from '../ui/text.ts';
import { GroupHead } from './group-head.tsx';
import type { Item } from './items.ts';
import { More } from './more.tsx';
import { Row } from './row.tsx';
import type { Group } from './use-lists.ts';
import type { Selection } from './use-selection.ts';
import { useRoving } from './use-roving.ts';
import './rows.css';

/** Up to this many rows, all are rendered, so that the browser's own search finds them. */
const virtual_from = 150;
const usual_height = 40;
const open_after_ms = 150;

interface RowsProps {
  desk: Desk;
  items: readonly Item[];
  ids: readonly string[];
  selection: Selection;
  opened: string | undefined;
  statusName: (ticket: KnownTicket) => string;
  onOpen: (ticket: KnownTicket) => void;
  onFold: (group: Group, is_folded: boolean) => void;
  onCreate?: (() => void) | undefined;
  /** The status of tickets that are created here. */
  starts_in: string | undefined;
}

const columns: readonly (readonly [name: string, label: () => string])[] = [
  ['check', () => t('Selected')],
  ['key', () => t('Key')],
  ['title', () => t('Title')],
  ['status', () => t('Status')],
  ['priority', () => t('Priority')],
  ['assignee', () => t('Assignee')],
  ['due', () => t('Due')],
  ['updated', () => t('Updated')],
];

const isDrawnShort = new Set(['check', 'priority']);

/** The lines of the list, with one tab stop for all. */
export function Rows(props: RowsProps) {
  const { desk, items, ids, selection, opened, statusName, onOpen, onFold, onCreate, starts_in } = props;
  const places = useMemo(() => new Map(items.map((item, index) => [item.key, index])), [items]);
  const scrollTo = useRef<(index: number) => void>(() => undefined);
  const show = useCallback(
    (id: string) => {
      const index = places.get(id);
      if (index !== undefined) scrollTo.current(index);
    },
    [places],
  );
  const roving = useRoving(ids, show);
  const { active, onFocus, onBlur, move, container } = roving;
  const ticketOf = (id: string | undefined) => (id === undefined ? undefined : desk.tickets.shown(id));

  const extend = (to: 'next' | 'previous') => {
    if (active !== undefined && !selection.selected.has(active)) selection.toggle(active, false);
    const id = move(to);
    if (id !== undefined) selection.toggle(id, true);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { key, shiftKey } = event;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const to = key === 'ArrowDown' ? 'next' : 'previous';
      if (shiftKey) extend(to);
      else move(to);
    } else if (key === 'Home' && !shiftKey) move('first');
    else if (key === 'End' && !shiftKey) move('last');
    else return;
    event.preventDefault();
  };
  // While a ticket is open beside the list, j and k open the next one in its place. If the key is held down, only the
  // last one opens.
  const opening = useRef<ReturnType<typeof setTimeout>>(undefined);
  const step = (to: 'next' | 'previous') => {
    const ticket = ticketOf(move(to));
    clearTimeout(opening.current);
    if (opened !== undefined && ticket !== undefined) opening.current = setTimeout(() => onOpen(ticket), open_after_ms);
  };
  useCommands({
    next: () => step('next'),
    previous: () => step('previous'),
    open: () => {
      const ticket = ticketOf(active);
      if (ticket !== undefined) onOpen(ticket);
    },
    select: () => active !== undefined && selection.toggle(active, false),
    next_too: () => extend('next'),
    previous_too: () => extend('previous'),
  });
  // Only while the list has the focus; elsewhere the browser selects the page's text.
  useCommands({ select_all: selection.all }, () => container.current?.contains(document.activeElement) === true);

  const draw = (item: Item, index: number) => {
    const place = index + 2; // after the row of column names
    switch (item.kind) {
      case 'head': {
        const { group } = item;
        const create = group.status?.key === starts_in ? onCreate : undefined;
        return (
          <GroupHead item={item} index={place} onFold={(is_folded) => onFold(group, is_folded)} onCreate={create} />
        );
      }
      case 'more':
        return <More item={item} index={place} />;
      case 'row': {
        const { ticket } = item;
        return (
          <Row
            desk={desk}
            ticket={ticket}
            status={statusName(ticket)}
            index={place}
            is_active={ticket.id === active}
            is_opened={ticket.key === opened}
            is_selected={selection.selected.has(ticket.id)}
            href={`/w/${desk.workspace_id}/t/${ticket.key}`}
            onOpen={onOpen}
            onActive={onFocus}
            onSelect={selection.toggle}
          />
        );
      }
    }
  };

  const has_more = items.some(({ kind }) => kind === 'more');
  const is_grouped = items.some(({ kind }) => kind === 'head');
  return (
    <div
      ref={container}
      role="grid"
      aria-label={t('Tickets')}
      aria-multiselectable="true"
      aria-rowcount={has_more ? -1 : items.length + 1}
      className="rows"
      data-list=""
      data-grouped={is_grouped || undefined}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <div role="row" aria-rowindex={1} className="row-names">
        {columns.map(([name, label]) => (
          <div key={name} role="columnheader" className={`row-${name}`}>
            <span className={isDrawnShort.has(name) ? 'hidden' : ''}>{label()}</span>
          </div>
        ))}
      </div>
      <Lines items={items} active={active} draw={draw} scrollTo={scrollTo} />
    </div>
  );
}

interface LinesProps {
  items: readonly Item[];
  active: string | undefined;
  draw: (item: Item, index: number) => React.ReactNode;
  scrollTo: React.RefObject<(index: number) => void>;
}

/** The lines: all of a short list; of a long list, those on the screen and the focused one. */
function Lines({ items, active, draw, scrollTo }: LinesProps) {
  const is_virtual = items.length > virtual_from;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((box.current?.getBoundingClientRect().top ?? 0) + scrollY);
  }, [is_virtual]);
  const kept = items.findIndex(({ key }) => key === active);
  const virtualizer = useWindowVirtualizer({
    enabled: is_virtual,
    count: items.length,
    estimateSize: () => usual_height,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => items[index]?.key ?? index,
    rangeExtractor: rangeWith(kept),
  });
  useEffect(() => {
    scrollTo.current = (index) => is_virtual && virtualizer.scrollToIndex(index, { align: 'auto' });
  });
  const all = items.map((item, index) => ({ item, index, start: undefined }));
  const seen = virtualizer.getVirtualItems().flatMap(({ index, start }) => {
    const item = items[index];
    return item === undefined ? [] : [{ item, index, start }];
  });
  // Until the virtualizer has measured the window, it returns no lines. Then all are rendered, so that the focused
  // element keeps the focus.
  const is_measured = is_virtual && seen.length > 0;
  // The element of each line is the same in both cases, so that the focus survives when the list grows.
  return (
    <div
      ref={box}
      role="presentation"
      className={is_measured ? 'rows-virtual' : undefined}
      style={is_measured ? { height: virtualizer.getTotalSize() } : undefined}
    >
      {(is_measured ? seen : all).map(({ item, index, start }) => (
        <div
          key={item.key}
          ref={is_measured ? virtualizer.measureElement : undefined}
          data-index={index}
          role="presentation"
          style={start === undefined ? undefined : { transform: `translateY(${start - top}px)` }}
        >
          {draw(item, index)}
        </div>
      ))}
    </div>
  );
}
