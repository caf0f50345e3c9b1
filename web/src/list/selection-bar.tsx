import { useLayoutEffect, useRef } from 'react';
import { Button, IconButton } from '../ui/button.tsx';
import { t } from '../ui/text.ts';
import type { Kind } from './row-acts.tsx';

interface SelectionBarProps {
  count: number;
  /** Why nothing can be done with the tickets; undefined if something can. */
  why: string | undefined;
  onOpen: (kind: Kind, anchor: HTMLElement) => void;
  onDelete: () => void;
  /** How many tickets can be selected; `onAll` selects them. */
  of: number;
  onAll: () => void;
  onClear: () => void;
}

const kinds: readonly (readonly [Kind, () => string])[] = [
  ['status', () => t('Status')],
  ['assign', () => t('Assign')],
  ['priority', () => t('Priority')],
  ['labels', () => t('Labels')],
  ['due', () => t('Due')],
];

/** Moves the focus from a bar that disappears to the list, or to the page's heading if the list is empty. */
function useReturn(): React.RefObject<HTMLDivElement | null> {
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { current } = bar;
    return () => {
      if (current?.contains(document.activeElement) !== true) return;
      // Once the list has been drawn without the tickets that were deleted.
      requestAnimationFrame(() => {
        const first = document.querySelector<HTMLElement>('[data-list] a[tabindex="0"]');
        (first ?? document.querySelector('h1'))?.focus();
      });
    };
  }, []);
  return bar;
}

/** The actions on the selected tickets. */
export function SelectionBar({ count, of, why, onOpen, onDelete, onAll, onClear }: SelectionBarProps) {
  const bar = useReturn();
  return (
    <div ref={bar} className="selection" role="toolbar" aria-label={t('Selected tickets')} tabIndex={-1}>
      <strong role="status">{t('{count} selected', { count })}</strong>
      {why === undefined ? (
        <>
          {kinds.map(([kind, name]) => (
            <Button key={kind} kind="quiet" aria-haspopup="menu" onClick={(event) => onOpen(kind, event.currentTarget)}>
              {name()}
            </Button>
          ))}
          <Button kind="quiet" icon="trash" onClick={onDelete}>
            {t('Delete')}
          </Button>
        </>
      ) : (
        <span>{why}</span>
      )}
      {count < of && (
        <Button kind="quiet" keys="Control+A" onClick={onAll}>
          {t('Select all {of}', { of })}
        </Button>
      )}
      <IconButton icon="close" label={t('Clear the selection')} keys="Escape" onClick={onClear} />
    </div>
  );
}
