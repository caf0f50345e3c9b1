import { spread } from './scales.ts';

/** The area of a chart inside its axes, in pixels. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Returns the frame for a chart of this width. `names` reserves room at its end for the names of the bands. */
export function frameOf(width: number, { height = 260, names = 0 } = {}): Frame {
  return { width, height, left: 36, right: width - 8 - (width > 560 ? names : 0), top: 12, bottom: height - 24 };
}

interface AxesProps {
  frame: Frame;
  ticks: readonly number[];
  y: (value: number) => number;
  x: (index: number) => number;
  names: readonly string[];
}

const room = 72;

/** Draws the grid lines and numbers behind a chart, and the days below it. */
export function Axes({ frame, ticks, y, x, names }: AxesProps) {
  const { left, right, bottom } = frame;
  return (
    <g className="axes">
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} className={tick === 0 ? 'axis' : 'grid'} />
          <text x={left - 6} y={y(tick)} dy="0.32em" textAnchor="end">
            {tick.toLocaleString('en')}
          </text>
        </g>
      ))}
      {spread(names.length, right - left, room).map((index) => (
        <text key={index} x={x(index)} y={bottom + 16} textAnchor={anchorOf(x(index), frame)}>
          {names[index]}
        </text>
      ))}
    </g>
  );
}

/** Anchors the names at both ends of the axis so that they don’t extend beyond it. */
function anchorOf(x: number, { left, right }: Frame): 'start' | 'middle' | 'end' {
  if (x < left + room / 4) return 'start';
  return x > right - room / 4 ? 'end' : 'middle';
}
