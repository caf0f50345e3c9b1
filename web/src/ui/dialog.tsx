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
  /** Called when the person closes the dialog; if undefined, it can't be dismissed. */
  onClose?: (() => void) | undefined;
  wide?: boolean;
  /** Whether it covers everything, so that what is under it can't be seen. */
  is_over?: boolean;
  /** The element that gets the focus when the dialog opens; by default, the first one that can have it. */
  first?: React.RefObject<HTMLElement | null> | (() => HTMLElement | null | undefined);
  children: React.ReactNode;
}

/** A modal dialog. It keeps the focus while it is open, and then returns it. */
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
