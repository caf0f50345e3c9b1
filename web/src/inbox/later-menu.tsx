import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { dayIn } from '../ui/dates.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { laterThan, morningOn, whenOf } from './later.ts';

interface LaterProps {
  trigger: React.ReactElement<React.ComponentProps<'button'>>;
  onLater: (at: Date) => void;
}

/** Chooses when a notification comes back: a named time in the person's time zone, or a date. */
export function LaterMenu({ trigger, onLater }: LaterProps) {
  const [asks, setAsks] = useState(false);
  const now = new Date();
  return (
    <>
      <Menu trigger={trigger} align="end">
        {laterThan(now).map(({ id, name, at }) => (
          <MenuItem key={id} icon="later" onSelect={() => onLater(at)}>
            <span className="later-name">{name}</span>
            <span className="later-at figures">{whenOf(at, now)}</span>
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem icon="calendar" onSelect={() => setAsks(true)}>
          {t('On a date…')}
        </MenuItem>
      </Menu>
      {asks && <OnDate onClose={() => setAsks(false)} onLater={onLater} />}
    </>
  );
}

function OnDate({ onClose, onLater }: { onClose: () => void; onLater: (at: Date) => void }) {
  const tomorrow = dayIn(1, new Date());
  const [date, setDate] = useState(tomorrow);
  const is_valid = date >= tomorrow;
  return (
    <Dialog
      open
      title={t('Come back on a date')}
      description={t('It is out of the inbox until 09:00 of that day, and then unread again.')}
      onClose={onClose}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!is_valid) return;
          onClose();
          onLater(morningOn(date));
        }}
      >
        <TextField
          label={t('Date')}
          name="date"
          type="date"
          required
          min={tomorrow}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
        />
        <div className="form-end">
          <Button kind="primary" type="submit">
            {t('Put off')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
