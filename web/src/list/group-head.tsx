import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import type { Item } from './items.ts';
import './group.css';

/** Formats how many tickets of a group are known: the total, or a number with a plus. */
export const countOf = (count: number, has_more: boolean): string =>
  has_more ? (count === 0 ? '' : t('{count}+', { count })) : String(count);

interface HeadProps {
  item: Extract<Item, { kind: 'head' }>;
  index: number;
  onFold: (is_folded: boolean) => void;
  onCreate?: (() => void) | undefined;
}

/** The line above the tickets of a status, which folds and unfolds them. */
export function GroupHead({ item: { group, count, has_more, is_open }, index, onFold, onCreate }: HeadProps) {
  const { status } = group;
  if (status === undefined) return null;
  return (
    <div role="row" aria-rowindex={index} className="group">
      <div role="gridcell" className="group-cell">
        <button type="button" className="group-fold" aria-expanded={is_open} onClick={() => onFold(is_open)}>
          <Icon name={is_open ? 'chevron' : 'forward'} />
          <StatusIcon category={status.category} />
          <span className="group-name">{status.name}</span>
          <span className="group-count figures">{countOf(count, has_more)}</span>
        </button>
        {onCreate !== undefined && (
          <IconButton icon="add" label={t('New ticket in {name}', { name: status.name })} onClick={onCreate} />
        )}
      </div>
    </div>
  );
}
