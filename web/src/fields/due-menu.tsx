import { dayIn, mondayAfter, shortDay } from '../ui/dates.ts';
import { MenuItem, MenuLine } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { FieldMenu, type Opened, type Where } from './menu.tsx';

interface DueMenuProps extends Opened {
  where: Where;
  value: string | null;
  onChange: (value: string | null) => void;
  /** Asks for any date, if the caller has a field for it. */
  onOther?: () => void;
}

/** Offers the most usual due dates, and any other. */
export function DueMenu({ value, onChange, onOther, ...rest }: DueMenuProps) {
  const now = new Date();
  const usual = [
    { name: t('Today'), day: dayIn(0, now) },
    { name: t('Tomorrow'), day: dayIn(1, now) },
    { name: t('Next Monday'), day: mondayAfter(dayIn(0, now)) },
    { name: t('In two weeks'), day: dayIn(14, now) },
  ];
  return (
    <FieldMenu {...rest}>
      {usual.map(({ name, day }) => (
        <MenuItem key={name} icon="calendar" onSelect={() => onChange(day)}>
          {name}
          <span className="menu-aside">{shortDay(day)}</span>
        </MenuItem>
      ))}
      {onOther !== undefined && <MenuItem onSelect={onOther}>{t('Another date…')}</MenuItem>}
      {value !== null && <MenuLine />}
      {value !== null && (
        <MenuItem icon="close" onSelect={() => onChange(null)}>
          {t('No due date')}
        </MenuItem>
      )}
    </FieldMenu>
  );
}
