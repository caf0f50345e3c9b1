import { useVirtualizer } from '@tanstack/react-virtual';
import type { WorkflowStatus } from 'baton-sdk';
import { memo, useEffect, useRef } from 'react';
import { failureOf } from '../api/problems.ts';
import type { ListState } from '../list/ticket-list.ts';
import type { Group } from '../list/use-lists.ts';
import type { KnownTicket } from '../store/changes.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { rangeWith } from '../ui/range-with.ts';
import { StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { Card, type CardProps } from './card.tsx';
import { type DragCell, dropOn } from './dragging.ts';
import { NewCard } from './new-card.tsx';
import { others } from './spots.ts';

/** Up to this many cards, all are rendered, so that the browser's own search finds them. */
const virtual_from = 200;
/** How near its end, in pixels, a column loads the next page. */
const ahead_px = 800;

type Acts = Pick<CardProps, 'desk' | 'onOpen' | 'onActive' | 'onMenu' | 'onSelect'>;

export interface ColumnProps extends Acts {
  status: Pick<WorkflowStatus, 'key' | 'name' | 'category'>;
  group: Group;
  rows: readonly KnownTicket[];
  state: ListState;
  total: number;
  /** Whether there are more than `total`. */
  has_more: boolean;
  /** The height of a card and the gap below it, in pixels. */
  pitch: number;
  /** The card in the tab order, the open card and the lifted card, if they are in this column. */
  active: string | undefined;
  opened: string | undefined;
  lifted: string | undefined;
  selected: ReadonlySet<string>;
  drag: DragCell;
  by_hand: boolean;
  /** The name of the order, unless tickets are ordered by hand. */
  order: string;
  /** Why a ticket can't be put into a column; undefined where it can. */
  refuses: (id: string, status: string) => string | undefined;
  /** Whether tickets can be created in this column, and whether its form is open. */
  creates: boolean;
  is_creating: boolean;
  onCreating: (status: string | undefined) => void;
  onScroller: (status: string, scrollTo: ((index: number) => void) | undefined) => void;
  /** The text for an empty column. */
  empty: string;
}

/** A status with its tickets. */
export const Column = memo(function Column(props: ColumnProps) {
  const { status, total, has_more, creates, is_creating, onCreating, drag, refuses, by_hand, order } = props;
  const heading = `column-${status.key}`;
  return (
    <Frame {...{ status, drag, refuses, by_hand, heading }}>
      <header className="column-head">
        <h2 id={heading} className="column-name">
          <StatusIcon category={status.category} /> {status.name}{' '}
          <span className="column-total figures">{has_more ? t('{count}+', { count: total }) : total}</span>
        </h2>
        {creates && (
          <IconButton
            icon="add"
            label={t('New ticket in {name}', { name: status.name })}
            aria-expanded={is_creating}
            onClick={() => onCreating(is_creating ? undefined : status.key)}
          />
        )}
      </header>
      {is_creating && <NewCard desk={props.desk} status={status.key} onClose={() => onCreating(undefined)} />}
      <Body {...props} labelledby={heading} />
      {!by_hand && <Sorted drag={drag} status={status.key} order={order} />}
    </Frame>
  );
});

interface FrameProps extends Pick<ColumnProps, 'status' | 'drag' | 'refuses' | 'by_hand'> {
  heading: string;
  children: React.ReactNode;
}

/**
 * The column's box. While a card is dragged, it shows whether the card may be dropped here, without rendering its cards
 * again.
 */
function Frame({ status, drag, refuses, by_hand, heading, children }: FrameProps) {
  const dragged = useCell(drag);
  const why = dragged === undefined || dragged.from === status.key ? undefined : refuses(dragged.id, status.key);
  const is_over = dragged?.over?.status === status.key;
  return (
    <section
      className="column"
      aria-labelledby={heading}
      data-status={status.key}
      data-refuses={why !== undefined || undefined}
      data-over={(is_over && !by_hand) || undefined}
    >
      {children}
      {why !== undefined && <p className="column-why">{why}</p>}
    </section>
  );
}

/** Tells that the sort order decides the place, so that only the whole column is a drop target. */
function Sorted({ drag, status, order }: Pick<ColumnProps, 'drag' | 'order'> & { status: string }) {
  const dragged = useCell(drag);
  if (dragged?.over?.status !== status) return null;
  return <p className="column-why">{t('Order: {order}', { order })}</p>;
}

/** The line that marks where the dragged card would be dropped. */
function DropLine({ drag, status, rows, pitch }: Pick<ColumnProps, 'drag' | 'rows' | 'pitch'> & { status: string }) {
  const dragged = useCell(drag);
  if (dragged?.over?.status !== status) return null;
  const own = rows.findIndex(({ id }) => id === dragged.id);
  const { index } = dragged.over;
  const shown = own >= 0 && index >= own ? index + 1 : index;
  return <div className="drop-line" style={{ transform: `translateY(${shown * pitch}px)` }} />;
}

function Body(props: ColumnProps & { labelledby: string }) {
  const { status, rows, state, group, pitch, drag, refuses, by_hand, onScroller, labelledby, empty } = props;
  const body = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const latest = useRef({ rows, refuses });
  latest.current = { rows, refuses };

  useEffect(() => {
    if (body.current === null) return undefined;
    return dropOn(body.current, {
      status: status.key,
      may: (id) => latest.current.refuses(id, status.key) === undefined,
      indexAt: (y, id) => {
        const { rows: now } = latest.current;
        const top = list.current?.getBoundingClientRect().top ?? 0;
        const shown = Math.min(Math.max(Math.round((y - top) / pitch), 0), now.length);
        const own = now.findIndex((row) => row.id === id);
        return Math.min(own >= 0 && shown > own ? shown - 1 : shown, others(now, id).length);
      },
    });
  }, [status.key, pitch]);

  const readOn = () => {
    const { current } = body;
    if (current === null || !state.has_more || state.loading !== 'no' || state.error !== undefined) return;
    if (current.scrollHeight - current.scrollTop - current.clientHeight < ahead_px) void group.list.more();
  };
  useEffect(readOn, [state, rows.length]);

  const failure = state.error === undefined ? undefined : failureOf(state.error);
  return (
    <div ref={body} className="column-body" onScroll={readOn}>
      <div className="cards-box" style={{ minHeight: rows.length * pitch }}>
        <ul ref={list} className="cards" aria-labelledby={labelledby}>
          <Cards {...props} scroller={body} onScroller={onScroller} />
        </ul>
        {by_hand && <DropLine {...{ drag, rows, pitch }} status={status.key} />}
      </div>
      {rows.length === 0 && state.loading === 'no' && !state.has_more && <p className="column-empty">{empty}</p>}
      {failure !== undefined && (
        <div className="column-failed" role="alert">
          <p>{t('More tickets could not be loaded. {title}.', { title: failure.title })}</p>
          <Button onClick={() => void group.list.more()}>{t('Try again')}</Button>
        </div>
      )}
    </div>
  );
}

/**
 * The column's cards; in a long column, only those on the screen and the focused one. Short and long columns share one
 * component, so that a card keeps the focus when the column grows.
 */
function Cards(props: ColumnProps & { scroller: React.RefObject<HTMLDivElement | null> }) {
  const { rows, pitch, active, scroller, onScroller, status } = props;
  const is_virtual = rows.length > virtual_from;
  const kept = rows.findIndex(({ id }) => id === active);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => pitch,
    overscan: 6,
    getItemKey: (index) => rows[index]?.id ?? index,
    rangeExtractor: rangeWith(kept),
  });
  useEffect(() => {
    onScroller(status.key, is_virtual ? (index) => virtualizer.scrollToIndex(index, { align: 'auto' }) : undefined);
    return () => onScroller(status.key, undefined);
  }, [onScroller, status.key, virtualizer, is_virtual]);
  if (!is_virtual)
    return rows.map((ticket, index) => <OneCard key={ticket.id} {...props} ticket={ticket} index={index} />);
  return virtualizer.getVirtualItems().map(({ index, key, start }) => {
    const ticket = rows[index];
    return ticket && <OneCard key={key} {...props} ticket={ticket} index={index} top={start} />;
  });
}

interface OneProps extends ColumnProps {
  ticket: KnownTicket;
  index: number;
  top?: number;
}

function OneCard({ ticket, index, top, status, state, rows, active, opened, lifted, selected, ...acts }: OneProps) {
  const { desk, onOpen, onActive, onMenu, onSelect } = acts;
  return (
    <Card
      {...{ desk, ticket, onOpen, onActive, onMenu, onSelect, top }}
      status={status.key}
      place={index + 1}
      of={state.has_more ? -1 : rows.length}
      is_active={ticket.id === active}
      is_opened={ticket.key === opened}
      is_lifted={ticket.id === lifted}
      is_selected={selected.has(ticket.id)}
    />
  );
}
