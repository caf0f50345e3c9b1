import type * as Scrolling from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type Cell, cell } from '../store/cell.ts';
import type { Spot } from './spots.ts';

/** What is dragged, and where it would be dropped. */
export interface Dragging {
  id: string;
  /** The column that it is dragged from. */
  from: string;
  over?: Spot | undefined;
}

export type DragCell = Cell<Dragging | undefined>;
export const makeDragCell = (): DragCell => cell<Dragging | undefined>(undefined);

const kind = 'ticket';
const is_coarse = '(pointer: coarse)';

/** Lets a card be dragged until the function it returns is called. Under a finger a page is scrolled: its menu moves the card. */
export const dragCard = (element: HTMLElement, id: string, from: () => string): (() => void) =>
  draggable({
    element,
    canDrag: () => !matchMedia(is_coarse).matches,
    getInitialData: () => ({ kind, id, from: from() }),
    // By hand, so that no card is drawn anew for it.
    onDragStart: () => element.toggleAttribute('data-dragged', true),
    onDrop: () => element.toggleAttribute('data-dragged', false),
  });

interface Drop {
  status: string;
  /** Whether what is dragged may be dropped here. */
  may: (id: string) => boolean;
  /** How many other tickets stand above this height of the page. */
  indexAt: (y: number, id: string) => number;
}

/** Scrolls an element while a card is held at its edge. Nobody drags before the page is there: the script for it comes later. */
function scrollAtEdges(options: Parameters<typeof Scrolling.autoScrollForElements>[0]): () => void {
  let stop: (() => void) | undefined;
  let is_over = false;
  const start = ({ autoScrollForElements }: typeof Scrolling) => {
    if (!is_over) stop = autoScrollForElements(options);
  };
  // Without it, cards are dragged all the same.
  import('@atlaskit/pragmatic-drag-and-drop-auto-scroll/element').then(start, () => undefined);
  return () => {
    is_over = true;
    stop?.();
  };
}

/** Lets cards be dropped on a column, and scrolls it while one is held at its edge. */
export const dropOn = (element: HTMLElement, { status, may, indexAt }: Drop): (() => void) =>
  combine(
    dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data['kind'] === kind && may(String(source.data['id'])),
      getData: ({ input, source }) => ({ status, index: indexAt(input.clientY, String(source.data['id'])) }),
    }),
    scrollAtEdges({ element, canScroll: ({ source }) => source.data['kind'] === kind }),
  );

/** Scrolls the board sideways while a card is held at its edge. */
export const scrollSideways = (element: HTMLElement): (() => void) =>
  scrollAtEdges({
    element,
    canScroll: ({ source }) => source.data['kind'] === kind,
    getAllowedAxis: () => 'horizontal',
  });

/** Follows what is dragged, until the function it returns is called. `begun`: called as a card is taken. */
export function followDrags(drag: DragCell, drop: (id: string, spot: Spot) => void, begun: () => void): () => void {
  const spotIn = (targets: readonly { data: Record<string | symbol, unknown> }[]): Spot | undefined => {
    const data = targets[0]?.data;
    return data === undefined ? undefined : { status: String(data['status']), index: Number(data['index']) };
  };
  const look = (targets: Parameters<typeof spotIn>[0]) => {
    const now = drag.get();
    const over = spotIn(targets);
    // Only when it changes: the pointer moves a hundred times a second.
    if (now !== undefined && (now.over?.status !== over?.status || now.over?.index !== over?.index)) {
      drag.set({ ...now, over });
    }
  };
  return monitorForElements({
    canMonitor: ({ source }) => source.data['kind'] === kind,
    onDragStart: ({ source }) => {
      drag.set({ id: String(source.data['id']), from: String(source.data['from']) });
      begun();
    },
    onDrag: ({ location }) => look(location.current.dropTargets),
    onDropTargetChange: ({ location }) => look(location.current.dropTargets),
    onDrop: ({ source, location }) => {
      drag.set(undefined);
      const spot = spotIn(location.current.dropTargets);
      if (spot !== undefined) drop(String(source.data['id']), spot);
    },
  });
}
