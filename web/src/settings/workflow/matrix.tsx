import { useRef } from 'react';
import { t } from '../../ui/text.ts';
import { type Definition, stepIn } from './definition.ts';
import { toggleStep } from './edit.ts';
import { isSpecial } from './faults.ts';
import { rulesInWords } from './words.ts';
import './matrix.css';

interface At {
  from: string;
  to: string;
}

interface MatrixProps {
  definition: Definition;
  chosen: At | undefined;
  may: boolean;
  onChoose: (at: At) => void;
  onChange: (next: Definition) => void;
}

const ways: Record<string, readonly [rows: number, columns: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Returns the cell that an arrow key leads to, skipping the diagonal; undefined at the edge. */
function next(keys: readonly string[], { from, to }: At, key: string): At | undefined {
  const [rows, columns] = ways[key] ?? [0, 0];
  let [row, column] = [keys.indexOf(from), keys.indexOf(to)];
  do {
    row += rows;
    column += columns;
  } while (row === column);
  const [next_from, next_to] = [keys[row], keys[column]];
  return next_from === undefined || next_to === undefined ? undefined : { from: next_from, to: next_to };
}

/**
 * The transitions as a matrix: one row for each status to leave, one column for each status to reach. It has one tab
 * stop; arrow keys move the focus.
 */
export function Matrix({ definition, chosen, may, onChoose, onChange }: MatrixProps) {
  const { statuses } = definition;
  const table = useRef<HTMLTableElement>(null);
  const keys = statuses.map(({ key }) => key);
  const [first = '', second = ''] = keys;
  const stop = chosen ?? { from: first, to: second };
  const onKeyDown = (event: React.KeyboardEvent, at: At) => {
    if (!(event.key in ways) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const found = next(keys, at, event.key);
    if (found === undefined) return;
    table.current?.querySelector<HTMLElement>(`[data-step="${found.from} ${found.to}"]`)?.focus();
  };
  return (
    <div className="scrolls">
      <table ref={table} role="grid" className="matrix" aria-label={t('Steps between statuses')}>
        <thead>
          <tr>
            <th scope="col">
              <span className="matrix-corner">{t('From ↓ to →')}</span>
            </th>
            {statuses.map(({ key, name }) => (
              <th key={key} scope="col" className={chosen?.to === key ? 'matrix-chosen' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {statuses.map((from) => (
            <tr key={from.key}>
              <th scope="row" className={chosen?.from === from.key ? 'matrix-chosen' : ''}>
                {from.name}
              </th>
              {statuses.map((to) => {
                const at = { from: from.key, to: to.key };
                if (from.key === to.key) return <td key={to.key} role="gridcell" className="matrix-none" />;
                const is_chosen = stop.from === at.from && stop.to === at.to;
                const step = stepIn(definition, at.from, at.to);
                const rules = step === undefined ? '' : rulesInWords(step);
                const name = t('{from} → {to}', { from: from.name, to: to.name });
                return (
                  <td key={to.key} role="gridcell" className={is_chosen ? 'matrix-at' : ''}>
                    <label className="matrix-box">
                      <input
                        type="checkbox"
                        data-step={`${at.from} ${at.to}`}
                        tabIndex={is_chosen ? 0 : -1}
                        aria-label={rules === '' ? name : `${name}, ${rules}`}
                        checked={step !== undefined}
                        disabled={!may}
                        onFocus={() => onChoose(at)}
                        onKeyDown={(event) => onKeyDown(event, at)}
                        onChange={() => onChange(toggleStep(definition, at))}
                      />
                      {isSpecial(definition, at.from, at.to) && <span className="matrix-special" aria-hidden="true" />}
                    </label>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
