import type * as Scrolling from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import type * as Adapter from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type Cell, cell } from '../store/cell.ts';
import { surely } from '../ui/lazily.ts';
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

/** Starts something with a script once that is loaded, and returns the function that ends it. */
function once<Script>(script: Promise<Script>, start: (loaded: Script) => () => void): () => void {
  let stop: (() => void) | undefined;
  let is_over = false;
  const begin = (loaded: Script) => {
    if (!is_over) stop = start(loaded);
  };
  script.then(begin, () => undefined);
  return () => {
    is_over = true;
    stop?.();
  };
}

// The scripts are loaded beside the board's tickets, because nobody drags before there are cards.
const adapter: Promise<typeof Adapter> = surely(() => import('@atlaskit/pragmatic-drag-and-drop/element/adapter'));
// If this one can't be loaded, dragging works without it.
const scrolling: Promise<typeof Scrolling> = import('@atlaskit/pragmatic-drag-and-drop-auto-scroll/element');
scrolling.catch(() => undefined); // a board without columns doesn't await it

/**
 * Makes a card draggable until the returned function is called. Not on touch screens, where dragging scrolls the page;
 * there, the card's menu moves it.
 */
export const dragCard = (element: HTMLElement, id: string, from: () => string): (() => void) =>
  once(adapter, ({ draggable }) =>
    draggable({
      element,
      canDrag: () => !matchMedia(is_coarse).matches,
      getInitialData: () => ({ kind, id, from: from() }),
      // Set directly on the element, so that no card is rendered again.
      onDragStart: () => element.toggleAttribute('data-dragged', true),
      onDrop: () => element.toggleAttribute('data-dragged', false),
    }),
  );

interface Drop {
  status: string;
  /** Whether the dragged card may be dropped here. */
  may: (id: string) => boolean;
  /** Returns how many other tickets are above this vertical position of the page. */
  indexAt: (y: number, id: string) => number;
}

/** Scrolls an element while a card is held at its edge. */
const scrollAtEdges = (options: Parameters<typeof Scrolling.autoScrollForElements>[0]): (() => void) =>
  once(scrolling, ({ autoScrollForElements }) => autoScrollForElements(options));

/** Makes a column a drop target, and scrolls it while a card is held at its edge. */
export function dropOn(element: HTMLElement, { status, may, indexAt }: Drop): () => void {
  const stopDrops = once(adapter, ({ dropTargetForElements }) =>
    dropTargetForElements({
      element,
      canDrop: ({ source }) => source.data['kind'] === kind && may(String(source.data['id'])),
      getData: ({ input, source }) => ({ status, index: indexAt(input.clientY, String(source.data['id'])) }),
    }),
  );
  const stopScrolling = scrollAtEdges({ element, canScroll: ({ source }) => source.data['kind'] === kind });
  return () => {
    stopDrops();
    stopScrolling();
  };
}

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
  const monitor: Parameters<typeof Adapter.monitorForElements>[0] = {
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
  };
  return once(adapter, ({ monitorForElements }) => monitorForElements(monitor));
}
