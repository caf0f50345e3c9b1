import { StatusShape } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import type { Preset } from './presets.ts';

const apart = 100;
const radius = 13;

/** Returns an arc above the row for a step forward and below it for a step back. Longer steps have higher arcs. */
function arcOf(from: number, to: number): string {
  const way = Math.sign(to - from);
  const far = Math.abs(to - from);
  const [start, end] = [from, to].map((place) => apart / 2 + place * apart) as [number, number];
  if (far === 1 && way > 0) return `M${start + radius} 0H${end - radius - 3}`;
  const height = way * (10 + 11 * far);
  const [x1, x2] = [start + way * radius * 0.8, end - way * (radius * 0.8 + 2)];
  return `M${x1} ${-way * radius * 0.6}C${x1 + way * 14} ${-height} ${x2 - way * 14} ${-height} ${x2} ${-way * (radius * 0.6 + 2)}`;
}

/** A workflow: its statuses in a row, with an arrow for each transition. */
export function Picture({ statuses, steps }: Pick<Preset, 'statuses' | 'steps'>) {
  const placeOf = (key: string) => statuses.findIndex((status) => status.key === key);
  const nameOf = (key: string) => statuses[placeOf(key)]?.name ?? key;
  const width = statuses.length * apart;
  const goes_back = steps.some(([from, to]) => placeOf(to) < placeOf(from));
  const above = steps.some(([from, to]) => placeOf(to) > placeOf(from) + 1) ? 52 : 18;
  const below = goes_back ? 52 : 18;
  const said = steps.map(([from, to]) => `${nameOf(from)} → ${nameOf(to)}`).join(', ');
  return (
    <figure className="picture" role="img" aria-label={t('Steps: {said}', { said })}>
      <svg viewBox={`0 ${-above} ${width} ${above + below}`} aria-hidden="true">
        <marker id="arrow" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">
          <path d="M0 0 6 3 0 6z" className="picture-head" />
        </marker>
        {steps.map(([from, to]) => (
          <path
            key={`${from} ${to}`}
            className="picture-step"
            d={arcOf(placeOf(from), placeOf(to))}
            markerEnd="url(#arrow)"
          />
        ))}
        {statuses.map(({ key, category }, place) => (
          <g key={key} transform={`translate(${apart / 2 + place * apart - 11} -11) scale(1.375)`}>
            <StatusShape category={category} />
          </g>
        ))}
      </svg>
      <div className="picture-names" style={{ gridTemplateColumns: `repeat(${statuses.length}, 1fr)` }}>
        {statuses.map(({ key, name }) => (
          <span key={key}>{name}</span>
        ))}
      </div>
    </figure>
  );
}
