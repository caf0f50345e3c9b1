import type { readAll } from '../list/items.ts';
import { StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { type Total, totalOf } from './use-board.ts';

interface TabsProps {
  read: ReturnType<typeof readAll>;
  totals: ReadonlyMap<string, Total>;
  shown: string | undefined;
  onShow: (status: string) => void;
}

/** The columns as tabs, for screens with room for one column. */
export function Tabs({ read, totals, shown, onShow }: TabsProps) {
  return (
    <nav className="board-tabs" aria-label={t('Columns')}>
      {read.map(({ group: { key, status }, rows, state }) => {
        const { tickets, more } = totalOf(totals.get(key), rows.length, state.has_more);
        return (
          <button
            key={key}
            type="button"
            className="board-tab"
            aria-current={key === shown ? 'true' : undefined}
            onClick={() => onShow(key)}
          >
            {status !== undefined && <StatusIcon category={status.category} />} {status?.name}{' '}
            <span className="figures">{more ? t('{count}+', { count: tickets }) : tickets}</span>
          </button>
        );
      })}
    </nav>
  );
}
