import { useEffect, useState } from 'react';
import { cell } from '../store/cell.ts';
import { Button, IconButton } from './button.tsx';
import { shownOf } from './shown-toasts.ts';
import { t } from './text.ts';
import { useCell } from './use-cell.ts';
import './overlays.css';

interface Toast {
  text: string;
  /** An error stays until the person closes it. */
  kind?: 'done' | 'error';
  action?: { label: string; run: () => void };
}

const stays_ms = 10_000;
let last_id = 0;
/** The messages that are shown. */
export const toasts = cell<readonly (Toast & { id: number })[]>([]);

const remove = (id: number) => toasts.set(toasts.get().filter((one) => one.id !== id));

/** Shows a message at the edge of the page, and announces it to screen readers. The returned function removes it. */
export function toast(given: Toast): () => void {
  last_id += 1;
  const id = last_id;
  toasts.set(shownOf([...toasts.get(), { ...given, id }]));
  return () => remove(id);
}

/** The messages. One that is hovered or focused stays. */
export function Toasts() {
  const shown = useCell(toasts);
  return (
    <section className="toasts" aria-label={t('Messages')}>
      <div aria-live="polite" aria-atomic="false">
        {shown.map((one) => (
          <OneToast key={one.id} {...one} />
        ))}
      </div>
    </section>
  );
}

function OneToast({ id, text, kind = 'done', action }: Toast & { id: number }) {
  const [kept, setKept] = useState(false);
  useEffect(() => {
    if (kept || kind === 'error') return undefined;
    const timer = setTimeout(() => remove(id), stays_ms);
    return () => clearTimeout(timer);
  }, [id, kept, kind]);
  const keep = () => setKept(true);
  const release = () => setKept(false);
  return (
    <div
      className={`toast toast-${kind}`}
      onPointerEnter={keep}
      onPointerLeave={release}
      onFocus={keep}
      onBlur={release}
    >
      <p>{text}</p>
      {action !== undefined && (
        <Button
          kind="quiet"
          onClick={() => {
            remove(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton icon="close" label={t('Close message')} onClick={() => remove(id)} />
    </div>
  );
}
