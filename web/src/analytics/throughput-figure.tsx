import type { Flow } from 'baton-sdk';
import { useId, useState } from 'react';
import type { Every } from '../api/analytics.ts';
import { t } from '../ui/text.ts';
import { Axes, frameOf } from './axes.tsx';
import { Cursor, placeUnder } from './cursor.tsx';
import { Figure } from './figure.tsx';
import { fillOf, Patterns, Swatch } from './patterns.tsx';
import { bucketName } from './period.ts';
import { scale, ticksTo } from './scales.ts';
import { useWidth } from './use-width.ts';

interface ThroughputProps {
  query: { data: Flow | undefined; error: unknown; refetch: () => unknown };
  every: Every;
}

const isNothing = ({ buckets }: Flow) => buckets.every(({ created, completed }) => created + completed === 0);

/** How many tickets were created and completed in each part of the period. */
export function ThroughputFigure({ query, every }: ThroughputProps) {
  const titles: Record<Every, string> = {
    day: t('Throughput per day'),
    week: t('Throughput per week'),
    month: t('Throughput per month'),
  };
  return (
    <Figure
      title={titles[every]}
      says={saidOf(every)}
      query={query}
      isEmpty={isNothing}
      empty={t('Nothing was created or completed in this period.')}
      draw={(flow) => <Drawing flow={flow} />}
      table={(flow) => <ThroughputTable flow={flow} />}
    />
  );
}

function saidOf(every: Every): string {
  return every === 'week'
    ? t('How many tickets were created and completed, in weeks from Monday on.')
    : t('How many tickets were created and completed.');
}

/** Returns whether a bucket has not ended yet, so that its numbers are incomplete. */
const goesOn = ({ before }: Flow['buckets'][number]) => new Date(before) > new Date();

const namesOf = ({ buckets, time_zone }: Flow) => buckets.map(({ from }) => bucketName(from, time_zone));

function Drawing({ flow }: { flow: Flow }) {
  const id = useId();
  const [around, width] = useWidth<HTMLDivElement>();
  const { buckets } = flow;
  const count = buckets.length;
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const at = Math.min(chosen ?? count - 1, count - 1);
  const names = namesOf(flow);
  const frame = frameOf(width, { height: 220 });
  const ticks = ticksTo(Math.max(...buckets.map(({ created, completed }) => Math.max(created, completed))));
  const slot = (frame.right - frame.left) / count;
  const middle = (index: number) => frame.left + slot * (index + 0.5);
  const y = scale([0, ticks.at(-1) ?? 1], [frame.bottom, frame.top]);
  const middles = { ...frame, left: middle(0), right: middle(count - 1) };
  const bar = Math.max(2, Math.min(20, slot * 0.38));
  const bucket = buckets[at];
  const { created = 0, completed = 0, reopened = 0 } = bucket ?? {};
  const says = t('{created} created, {completed} completed, {reopened} reopened', { created, completed, reopened });
  return (
    <div ref={around}>
      {width > 0 && (
        <svg
          className="chart"
          width={width}
          height={frame.height}
          role="img"
          aria-label={t('Throughput. From {day}: {says}', { day: names[at] ?? '', says })}
          onPointerMove={(event) => setChosen(placeUnder(event, middles, count))}
          onPointerLeave={() => setChosen(undefined)}
        >
          <Patterns id={id} />
          <rect
            className="slot"
            x={middle(at) - slot / 2}
            y={frame.top}
            width={slot}
            height={frame.bottom - frame.top}
          />
          <Axes frame={frame} ticks={ticks} y={y} x={middle} names={names} />
          {buckets.map((one, index) => (
            <g key={one.from}>
              <Bar x={middle(index) - bar - 0.5} {...{ y, bar, frame }} value={one.created} kind="created" id={id} />
              <Bar x={middle(index) + 0.5} {...{ y, bar, frame }} value={one.completed} kind="completed" id={id} />
            </g>
          ))}
        </svg>
      )}
      {count > 1 && (
        <Cursor
          frame={middles}
          label={t('Week')}
          count={count}
          at={at}
          says={`${names[at]}: ${says}`}
          onChange={setChosen}
        />
      )}
      <Legend id={id} day={names[at] ?? ''} bucket={bucket} />
    </div>
  );
}

interface LegendProps {
  id: string;
  day: string;
  bucket: Flow['buckets'][number] | undefined;
}

function Legend({ id, day, bucket }: LegendProps) {
  const { created = 0, completed = 0, reopened = 0 } = bucket ?? {};
  return (
    <>
      <p className="legend-day">{t('From {day}', { day })}</p>
      <ul className="legend">
        <li>
          <Swatch id={id} name="lines" className="bar-created" /> {t('created')}{' '}
          <strong className="figures">{created}</strong>
        </li>
        <li>
          <Swatch id={id} name="plain" className="bar-completed" /> {t('completed')}{' '}
          <strong className="figures">{completed}</strong>
        </li>
        <li>
          {t('reopened')} <strong className="figures">{reopened}</strong>
        </li>
        {bucket !== undefined && goesOn(bucket) && <li className="figure-note">{t('It isn’t over yet.')}</li>}
      </ul>
    </>
  );
}

interface BarProps {
  id: string;
  x: number;
  y: (value: number) => number;
  bar: number;
  frame: { bottom: number };
  value: number;
  kind: 'created' | 'completed';
}

function Bar({ id, x, y, bar, frame, value, kind }: BarProps) {
  if (value === 0) return null;
  const place = { x, y: y(value), width: bar, height: frame.bottom - y(value) };
  return (
    <>
      <rect {...place} className={`bar-${kind}`} />
      {kind === 'created' && <rect {...place} fill={fillOf(id, 'lines')} />}
    </>
  );
}

function ThroughputTable({ flow }: { flow: Flow }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('From')}</th>
          <th scope="col">{t('created')}</th>
          <th scope="col">{t('completed')}</th>
          <th scope="col">{t('reopened')}</th>
        </tr>
      </thead>
      <tbody>
        {flow.buckets.map(({ from, created, completed, reopened }) => (
          <tr key={from}>
            <th scope="row">{bucketName(from, flow.time_zone)}</th>
            <td>{created}</td>
            <td>{completed}</td>
            <td>{reopened}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
