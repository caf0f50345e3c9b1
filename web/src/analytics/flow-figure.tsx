import type { Flow, Workflow } from 'baton-sdk';
import { useId, useMemo, useState } from 'react';
import { t } from '../ui/text.ts';
import { Axes, type Frame, frameOf } from './axes.tsx';
import { Cursor, placeUnder } from './cursor.tsx';
import { Figure } from './figure.tsx';
import { fillOf, type PatternName, patternOf, Patterns, Swatch } from './patterns.tsx';
import { bucketName } from './period.ts';
import { scale, ticksTo } from './scales.ts';
import { areaPath, type Band, bandsOf, linePath } from './stack.ts';
import { useWidth } from './use-width.ts';

interface FlowProps {
  query: { data: Flow | undefined; error: unknown; refetch: () => unknown };
  workflow: Workflow | undefined;
}

const isNothing = ({ buckets }: Flow) => buckets.every(({ at_end }) => at_end.every(({ tickets }) => tickets === 0));

/** Stacked areas: how many tickets were in each status, day by day. */
export function FlowFigure({ query, workflow }: FlowProps) {
  return (
    <Figure
      className="figure-whole"
      title={t('Cumulative flow')}
      says={t('How many tickets were in each status. A band that becomes wider is work that piles up.')}
      query={query}
      isEmpty={isNothing}
      empty={t('There was no ticket in this period.')}
      draw={(flow) => <Drawing flow={flow} workflow={workflow} />}
      table={(flow) => <FlowTable flow={flow} workflow={workflow} />}
    />
  );
}

/** Names each bucket by its first day. */
const dayNames = ({ buckets, time_zone }: Flow) => buckets.map(({ from }) => bucketName(from, time_zone));

function Drawing({ flow, workflow }: { flow: Flow; workflow: Workflow | undefined }) {
  const id = useId();
  const [around, width] = useWidth<HTMLDivElement>();
  const bands = useMemo(() => bandsOf(flow, workflow), [flow, workflow]);
  const count = flow.buckets.length;
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const at = Math.min(chosen ?? count - 1, count - 1);
  const days = dayNames(flow);
  const frame = frameOf(width, { names: 112 });
  const ticks = ticksTo(Math.max(...(bands.at(-1)?.top ?? [0])));
  const x = scale([0, Math.max(1, count - 1)], [frame.left, frame.right]);
  const y = scale([0, ticks.at(-1) ?? 1], [frame.bottom, frame.top]);
  const says = bands
    .toReversed()
    .map(({ name, values }) => `${name} ${values[at] ?? 0}`)
    .join(', ');
  return (
    <div ref={around}>
      {width > 0 && (
        <svg
          className="chart"
          width={width}
          height={frame.height}
          role="img"
          aria-label={t('Cumulative flow. On the last day: {says}', { says })}
          onPointerMove={(event) => setChosen(placeUnder(event, frame, count))}
          onPointerLeave={() => setChosen(undefined)}
        >
          <Patterns id={id} />
          <Axes frame={frame} ticks={ticks} y={y} x={x} names={days} />
          {bands.map((band, index) => (
            <Area key={band.status} {...{ id, band, x, y, frame }} pattern={patternOf(index)} />
          ))}
          <line className="cursor-line" x1={x(at)} x2={x(at)} y1={frame.top} y2={frame.bottom} />
        </svg>
      )}
      {count > 1 && (
        <Cursor
          frame={frame}
          label={t('Day')}
          count={count}
          at={at}
          says={`${days[at]}: ${says}`}
          onChange={setChosen}
        />
      )}
      <p className="legend-day">{days[at]}</p>
      <ul className="legend">
        {bands.toReversed().map(({ status, category, name, values }, index) => (
          <li key={status}>
            <Swatch id={id} name={patternOf(bands.length - 1 - index)} className={`band band-${category}`} />
            {name} <strong className="figures">{values[at]}</strong>
          </li>
        ))}
      </ul>
      {flow.not_counted.length > 0 && (
        <p className="figure-note">
          {t('Left out, because they have too many tickets to count: {names}.', { names: flow.not_counted.join(', ') })}
        </p>
      )}
    </div>
  );
}

interface AreaProps {
  id: string;
  band: Band;
  pattern: PatternName;
  x: (index: number) => number;
  y: (value: number) => number;
  frame: Frame;
}

/** The smallest height, in pixels, in which a name can be read. */
const name_height = 14;

function Area({ id, band: { name, category, top, below }, pattern, x, y, frame }: AreaProps) {
  // A single day has no width, so it is drawn as a block.
  const last = top.length === 1 ? [0, 1] : top.map((_, index) => index);
  const points = (values: readonly number[]) =>
    last.map((index) => [x(index), y(values[Math.min(index, values.length - 1)] ?? 0)] as const);
  const area = areaPath(points(top), points(below));
  const [from, to] = [y(below.at(-1) ?? 0), y(top.at(-1) ?? 0)];
  const has_room = from - to >= name_height && frame.right < frame.width - 8;
  return (
    <g>
      <path d={area} className={`band band-${category}`} />
      <path d={area} fill={fillOf(id, pattern)} />
      <path d={linePath(points(top))} className="band-edge" />
      {has_room && (
        <text x={frame.right + 8} y={(from + to) / 2} dy="0.32em">
          {name.length > 16 ? `${name.slice(0, 15)}…` : name}
        </text>
      )}
    </g>
  );
}

function FlowTable({ flow, workflow }: { flow: Flow; workflow: Workflow | undefined }) {
  const bands = bandsOf(flow, workflow).toReversed();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('From')}</th>
          {bands.map(({ status, name }) => (
            <th key={status} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {dayNames(flow).map((day, index) => (
          <tr key={flow.buckets[index]?.from}>
            <th scope="row">{day}</th>
            {bands.map(({ status, values }) => (
              <td key={status}>{values[index]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
