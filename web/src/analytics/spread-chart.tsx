import type { Durations } from 'baton-sdk';
import { t } from '../ui/text.ts';
import { durationOf, scale, timeTicksTo } from './scales.ts';
import { useWidth } from './use-width.ts';

/** The distribution of a duration over several tickets. */
export interface Row {
  id: string;
  name: string;
  durations: Durations;
}

/** Returns the rows that have data. */
export const known = (rows: readonly Row[]): Row[] => rows.filter(({ durations }) => durations.p95_s !== null);

const height = 26;
const middle = 12;

/**
 * Percentiles on one scale: half of the tickets took no longer than the circle, 85% no longer than the diamond, 95% no
 * longer than the end of the bar.
 */
export function SpreadChart({ rows }: { rows: readonly Row[] }) {
  const [around, width] = useWidth<HTMLDivElement>();
  const ticks = timeTicksTo(Math.max(...rows.map(({ durations }) => durations.p95_s ?? 0)), width < 480 ? 2 : 4);
  const x = scale([0, ticks.at(-1) ?? 1], [6, Math.max(7, width - 24)]);
  return (
    <div ref={around} className="spread">
      <ul>
        {rows.map(({ id, name, durations }) => (
          <li key={id}>
            <span className="spread-name">{name}</span> <SpreadWords durations={durations} />
            <SpreadLine durations={durations} x={x} ticks={ticks} width={width} />
          </li>
        ))}
      </ul>
      <svg className="chart" width={width} height={18} aria-hidden="true">
        <g className="axes">
          {ticks.map((tick, index) => (
            <text key={tick} x={x(tick)} y={12} textAnchor={index === 0 ? 'start' : 'middle'}>
              {durationOf(tick)}
            </text>
          ))}
        </g>
      </svg>
    </div>
  );
}

/** The same percentiles in words, so that the drawing is never their only form. */
function SpreadWords({ durations: { count, p50_s, p85_s, p95_s } }: { durations: Durations }) {
  return (
    <span className="spread-words">
      <SpreadMark kind="p50" /> {t('50 %: {time}', { time: durationOf(p50_s ?? 0) })}
      <SpreadMark kind="p85" /> {t('85 %: {time}', { time: durationOf(p85_s ?? 0) })}
      <SpreadMark kind="p95" /> {t('95 %: {time}', { time: durationOf(p95_s ?? 0) })}
      <span className="muted">{t('{count, plural, one {# ticket} other {# tickets}}', { count })}</span>
    </span>
  );
}

type Kind = 'p50' | 'p85' | 'p95';

const shapes: Record<Kind, (x: number, y: number) => React.ReactNode> = {
  p50: (x, y) => <circle cx={x} cy={y} r="5" />,
  p85: (x, y) => <path d={`M${x} ${y - 6}l6 6-6 6-6-6z`} />,
  p95: (x, y) => <path d={`M${x - 2} ${y - 7}h4v14h-4z`} />,
};

function SpreadMark({ kind }: { kind: Kind }) {
  return (
    <svg className="spread-mark" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <g className={`mark mark-${kind}`}>{shapes[kind](8, 8)}</g>
    </svg>
  );
}

interface LineProps {
  durations: Durations;
  x: (seconds: number) => number;
  ticks: readonly number[];
  width: number;
}

function SpreadLine({ durations: { p50_s, p85_s, p95_s }, x, ticks, width }: LineProps) {
  const values = { p95: p95_s, p85: p85_s, p50: p50_s };
  return (
    <svg className="chart" width={width} height={height} aria-hidden="true">
      <g className="axes">
        {ticks.map((tick) => (
          <line key={tick} x1={x(tick)} x2={x(tick)} y1={0} y2={height} className={tick === 0 ? 'axis' : 'grid'} />
        ))}
      </g>
      <line className="spread-line" x1={x(0)} x2={x(p95_s ?? 0)} y1={middle} y2={middle} />
      {(Object.keys(values) as Kind[]).map((kind) => (
        <g key={kind} className={`mark mark-${kind}`}>
          {shapes[kind](x(values[kind] ?? 0), middle)}
        </g>
      ))}
    </svg>
  );
}

/** The same rows as a table. */
export function SpreadTable({ rows, of }: { rows: readonly Row[]; of: string }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col">{t('Tickets')}</th>
          <th scope="col">{t('50 %')}</th>
          <th scope="col">{t('85 %')}</th>
          <th scope="col">{t('95 %')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, name, durations: { count, p50_s, p85_s, p95_s } }) => (
          <tr key={id}>
            <th scope="row">{name}</th>
            <td>{count}</td>
            {[p50_s, p85_s, p95_s].map((seconds, index) => (
              <td key={index}>{seconds === null ? '–' : durationOf(seconds)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
