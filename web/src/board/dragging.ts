import type * as Scrolling from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type Cell, cell } from '../store/cell.ts';
import type { Spot } from './spots.ts';

/** The dragged card, and where it would be dropped. */
export interface Dragging {
  id: string;
  /** The column that it comes from. */
  from: string;
  over?: Spot | undefined;
}

export type DragCell = Cell<Dragging | undefined>;
export const makeDragCell = (): DragCell => cell<Dragging | undefined>(undefined);

const kind = 'ticket';
const is_coarse = '(pointer: coarse)';

/**
 * Makes a card draggable until the returned function is called. Not on touch screens, where dragging scrolls the page;
 * there, the card's menu moves it.
 */
export const dragCard = (element: HTMLElement, id: string, from: () => string): (() => void) =>
  draggable({
    element,
    canDrag: () => !matchMedia(is_coarse).matches,
    getInitialData: () => ({ kind, id, from: from() }),
    // Set directly on the element, so that no card is rendered again.
    onDragStart: () => element.toggleAttribute('data-dragged', true),
    onDrop: () => element.toggleAttribute('data-dragged', false),
  });

interface Drop {
  status: string;
  /** Whether the dragged card may be dropped here. */
  may: (id: string) => boolean;
  /** Returns how many other tickets are above this vertical position of the page. */
  indexAt: (y: number, id: string) => number;
}

/**
 * Scrolls an element while a card is held at its edge. The script for it is loaded later, because nobody drags before
 * the page is visible.
 */
function scrollAtEdges(options: Parameters<typeof Scrolling.autoScrollForElements>[0]): () => void {
  let stop: (() => void) | undefined;
  let is_over = false;
  const start = ({ autoScrollForElements }: typeof Scrolling) => {
    if (!is_over) stop = autoScrollForElements(options);
  };
  // If the script fails to load, dragging works without it.
  import('@atlaskit/pragmatic-drag-and-drop-auto-scroll/element').then(start, () => undefined);
  return () => {
    is_over = true;
    stop?.();
  };
}

/** Makes a column a drop target, and scrolls it while a card is held at its edge. */
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

/** Follows the dragged card until the returned function is called. `begun` is called when a drag starts. */
export function followDrags(drag: DragCell, drop: (id: string, spot: Spot) => void, begun: () => void): () => void {
  const spotIn = (targets: readonly { data: Record<string | symbol, unknown> }[]): Spot | undefined => {
    const data = targets[0]?.data;
    return data === undefined ? undefined : { status: String(data['status']), index: Number(data['index']) };
  };
  const look = (targets: Parameters<typeof spotIn>[0]) => {
    const now = drag.get();
    const over = spotIn(targets);
    // Update only on a change: the pointer moves a hundred times a second.
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
