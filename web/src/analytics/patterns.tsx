// Patterns distinguish areas for people who see no colours, or who print without them. Neighbours in this order differ.

export const pattern_names = ['plain', 'lines', 'dots', 'cross'] as const;
export type PatternName = (typeof pattern_names)[number];

export const patternOf = (index: number): PatternName => pattern_names[index % pattern_names.length] ?? 'plain';

const marks: Record<Exclude<PatternName, 'plain'>, React.ReactNode> = {
  lines: <path d="M-2 10 10 -2M-2 2 2 -2M6 10 10 6" />,
  dots: <circle cx="4" cy="4" r="1" />,
  cross: <path d="M0 4h8M4 0v8" />,
};

/** Defines the SVG patterns of a drawing. `id` keeps their names unique on the page. */
export function Patterns({ id }: { id: string }) {
  return (
    <defs>
      {Object.entries(marks).map(([name, mark]) => (
        <pattern key={name} id={`${id}-${name}`} width="8" height="8" patternUnits="userSpaceOnUse">
          <g className="pattern">{mark}</g>
        </pattern>
      ))}
    </defs>
  );
}

/** Returns the fill for a pattern; `none` for the plain one. */
export const fillOf = (id: string, name: PatternName): string => (name === 'plain' ? 'none' : `url(#${id}-${name})`);

/** A square beside a name, filled like its area. */
export function Swatch({ id, name, className }: { id: string; name: PatternName; className: string }) {
  return (
    <svg className="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <rect width="16" height="16" rx="3" className={className} />
      <rect width="16" height="16" rx="3" fill={fillOf(id, name)} />
    </svg>
  );
}
