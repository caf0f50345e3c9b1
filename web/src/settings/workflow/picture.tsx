import { StatusShape } from '../../ui/status.tsx';
import { t } from '../../ui/text.ts';
import { type Definition, type Step, stepIn } from './definition.ts';
import { isSpecial } from './faults.ts';
import { layoutOf, node_height, node_width } from './layout.ts';
import { nameIn } from './words.ts';
import './picture.css';

interface PictureProps {
  base: Definition;
  mine: Definition;
  chosen: { from: string; to: string } | undefined;
}

/** Shortens a name to the available space. */
const fitting = (name: string) => (name.length > 13 ? `${name.slice(0, 12)}…` : name);

/** A picture of the edited workflow. Added transitions stand out; removed ones are dotted. */
export function Picture({ base, mine, chosen }: PictureProps) {
  const gone = base.transitions.filter(({ from, to }) => stepIn(mine, from, to) === undefined);
  const isNew = ({ from, to }: Step) => stepIn(base, from, to) === undefined;
  const { nodes, edges, width, above, below } = layoutOf(mine, [...mine.transitions, ...gone]);
  const classOf = (from: string, to: string) => {
    const classes = ['flow-step'];
    if (stepIn(mine, from, to) === undefined) classes.push('flow-gone');
    else if (stepIn(base, from, to) === undefined) classes.push('flow-added');
    if (isSpecial(mine, from, to)) classes.push('flow-special');
    if (chosen?.from === from && chosen.to === to) classes.push('flow-chosen');
    return classes.join(' ');
  };
  const says = t(
    '{statuses, plural, one {# status} other {# statuses}} and {steps, plural, one {# step} other {# steps}}; tickets begin in {initial}',
    {
      statuses: mine.statuses.length,
      steps: mine.transitions.length,
      initial: mine.initial.map((key) => nameIn([mine], key)).join(', '),
    },
  );
  return (
    <figure className="flow">
      <div className="scrolls">
        <svg
          className="flow-drawing"
          viewBox={`-14 ${-above} ${width + 28} ${above + below}`}
          style={{ width: width + 28 }}
          role="img"
          aria-label={says}
        >
          <defs>
            <marker id="flow-head" viewBox="0 0 6 6" refX="4" refY="3" markerWidth="6" markerHeight="6" orient="auto">
              <path d="M0 0 6 3 0 6z" fill="context-stroke" />
            </marker>
          </defs>
          {edges.map(({ from, to, path }) => (
            <path key={`${from} ${to}`} className={classOf(from, to)} d={path} markerEnd="url(#flow-head)" />
          ))}
          {nodes.map(({ key, x }) => (
            <Node
              key={key}
              x={x}
              status={mine.statuses.find((one) => one.key === key)}
              begins={mine.initial.includes(key)}
            />
          ))}
        </svg>
      </div>
      <figcaption className="flow-legend">
        <span className="flow-sign flow-sign-begin">{t('tickets begin')}</span>
        <span className="flow-sign flow-sign-special">{t('needs something, or not for everybody')}</span>
        {mine.transitions.some(isNew) && <span className="flow-sign flow-sign-added">{t('added')}</span>}
        {gone.length > 0 && <span className="flow-sign flow-sign-gone">{t('removed')}</span>}
      </figcaption>
    </figure>
  );
}

interface NodeProps {
  x: number;
  status: { name: string; category: string } | undefined;
  begins: boolean;
}

function Node({ x, status, begins }: NodeProps) {
  if (status === undefined) return null;
  return (
    <g transform={`translate(${x} 0)`}>
      <title>{status.name}</title>
      <rect
        className={begins ? 'flow-node flow-begins' : 'flow-node'}
        x={-node_width / 2}
        y={-node_height / 2}
        width={node_width}
        height={node_height}
        rx="8"
      />
      <g transform={`translate(${8 - node_width / 2} -8)`}>
        <StatusShape category={status.category} />
      </g>
      <text className="flow-name" x={30 - node_width / 2} y="4">
        {fitting(status.name)}
      </text>
    </g>
  );
}
