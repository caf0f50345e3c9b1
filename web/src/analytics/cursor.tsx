import type { Frame } from './axes.tsx';

/** The width of a range input’s thumb in browsers, in pixels. */
const thumb = 16;

interface CursorProps {
  frame: Frame;
  label: string;
  count: number;
  at: number;
  /** The text that a screen reader reads for the current position. */
  says: string;
  onChange: (at: number) => void;
}

/** A range input that moves through a chart by keys, touch or mouse, and that screen readers announce. */
export function Cursor({ frame, label, count, at, says, onChange }: CursorProps) {
  return (
    <input
      type="range"
      className="cursor"
      // The input is wider by one thumb, so that the thumb’s centre is always below the position it stands for.
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

/** Returns the index of the position under the pointer, out of `count`. */
export function placeUnder(event: React.PointerEvent<SVGSVGElement>, { left, right }: Frame, count: number): number {
  const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
  const share = (x - left) / Math.max(1, right - left);
  return Math.min(count - 1, Math.max(0, Math.round(share * (count - 1))));
}
