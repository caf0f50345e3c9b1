import { useId, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';

interface FigureProps<Data> {
  className?: string;
  title: string;
  /** Explains the figure to somebody who sees such a figure for the first time. */
  says: string;
  query: { data: Data | undefined; error: unknown; refetch: () => unknown };
  /** Whether there is nothing to draw. */
  isEmpty?: (data: Data) => boolean;
  empty?: string;
  /** Renders the drawing, and its table. */
  draw: (data: Data) => React.ReactNode;
  table: (data: Data) => React.ReactNode;
}

/**
 * A figure with its heading and, on request, the table of what it draws. If its query fails, only this figure shows an
 * error.
 */
export function Figure<Data>({
  className = '',
  title,
  says,
  query,
  isEmpty,
  empty = '',
  draw,
  table,
}: FigureProps<Data>) {
  const id = useId();
  const [has_table, setTable] = useState(false);
  const { data, error, refetch } = query;
  const is_empty = data !== undefined && isEmpty?.(data) === true;
  return (
    <section className={`figure ${className}`} aria-labelledby={id}>
      <header className="figure-head">
        <h2 id={id}>{title}</h2>
        {data !== undefined && !is_empty && (
          <Button
            kind="quiet"
            icon="table"
            aria-pressed={has_table}
            aria-label={t('Table of: {title}', { title })}
            onClick={() => setTable(!has_table)}
          >
            {t('Table')}
          </Button>
        )}
      </header>
      <p className="figure-says">{says}</p>
      {data === undefined && error !== null && (
        <Failed what={t('This figure could not be computed')} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton rows={4} label={t('Computing {title}…', { title })} />}
      {is_empty && <p className="figure-empty">{empty}</p>}
      {data !== undefined && !is_empty && (
        <div className={has_table ? 'figure-parts figure-with-table' : 'figure-parts'}>
          <div className="figure-drawing">{draw(data)}</div>
          {has_table && (
            // Focusable, so that it can be scrolled with the keyboard.
            <div className="figure-table" tabIndex={0} role="group" aria-label={t('Table of: {title}', { title })}>
              {table(data)}
            </div>
          )}
        </div>
      )}
    </section>
  );
}
