import { Dialog as Base } from '@base-ui/react/dialog';
import { useId } from 'react';
import { IconButton } from './button.tsx';
import { layers } from './layers.tsx';
import { Over, useOpened } from './over.tsx';
import { t } from './text.ts';
import { useCell } from './use-cell.ts';
import './overlays.css';

interface DialogProps {
  title: string;
  description?: string | undefined;
  open: boolean;
  /** Called when the person wants it closed; without it, the dialog has to be finished. */
  onClose?: (() => void) | undefined;
  wide?: boolean;
  /** Whether it is what stands over all others: what is under it is not to be seen. */
  is_over?: boolean;
  /** What gets the focus as it opens; by default the first thing that can have it. */
  first?: React.RefObject<HTMLElement | null> | (() => HTMLElement | null | undefined);
  children: React.ReactNode;
}

/** A dialog over the page. The focus stays in it, and goes back to where it was. */
export function Dialog({
  title,
  description,
  open,
  onClose,
  wide = false,
  is_over = false,
  first,
  children,
}: DialogProps) {
  const id = useId();
  useOpened(id, open && !is_over);
  const container = useCell(layers);
  return (
    <Base.Root
      open={open}
      onOpenChange={(wanted) => !wanted && onClose?.()}
      disablePointerDismissal={onClose === undefined}
    >
      <Base.Portal container={container}>
        <Base.Backdrop className={is_over ? 'dialog-scrim dialog-cover' : 'dialog-scrim'} forceRender={is_over} />
        <Base.Popup
          className={`dialog ${wide ? 'dialog-wide' : ''} ${is_over ? 'dialog-over' : ''}`}
          initialFocus={first ?? true}
        >
          <header className="dialog-head">
            <Base.Title className="dialog-title">{title}</Base.Title>
            {onClose !== undefined && <IconButton icon="close" label={t('Close')} onClick={onClose} />}
          </header>
          {description !== undefined && <Base.Description className="dialog-says">{description}</Base.Description>}
          {children}
          {!is_over && <Over dialog={id} />}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
