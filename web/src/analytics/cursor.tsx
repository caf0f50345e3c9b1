import type { Frame } from './axes.tsx';

/** How wide browsers draw what is dragged. */
const thumb = 16;

interface CursorProps {
  frame: Frame;
  label: string;
  count: number;
  at: number;
  /** What stands there, in words. */
  says: string;
  onChange: (at: number) => void;
}

/** Moves through a chart by keys, touch or mouse, and is heard. */
export function Cursor({ frame, label, count, at, says, onChange }: CursorProps) {
  return (
    <input
      type="range"
      className="cursor"
      // What is dragged is always below the place that it means.
      style={{ marginInlineStart: frame.left - thumb / 2, width: frame.right - frame.left + thumb }}
      aria-label={label}
      aria-valuetext={says}
      min={0}
      max={count - 1}
      value={at}
      onChange={(event) => onChange(Number(event.currentTarget.value))}
    />
  );
}

/** Which of so many places the pointer is at. */
export function placeUnder(event: React.PointerEvent<SVGSVGElement>, { left, right }: Frame, count: number): number {
  const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
  const share = (x - left) / Math.max(1, right - left);
  return Math.min(count - 1, Math.max(0, Math.round(share * (count - 1))));
}
