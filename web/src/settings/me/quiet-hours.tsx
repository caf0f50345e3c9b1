import type { QuietHours as Hours } from 'baton-sdk';
import { useContext } from 'react';
import { timeZone } from '../../store/preferences.ts';
import { Check } from '../../ui/check.tsx';
import { TextField } from '../../ui/field.tsx';
import { Faults } from '../../ui/form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';

const here = () => timeZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Returns the time zones that this browser knows, and the chosen one. */
const zonesWith = (chosen: string) => [...new Set([chosen, here(), 'UTC', ...Intl.supportedValuesOf('timeZone')])];

interface QuietHoursProps {
  chosen: Hours | null;
  onChange: (chosen: Hours | null) => void;
}

/** Chooses the hours of the day in which nothing is mailed. */
export function QuietHours({ chosen, onChange }: QuietHoursProps) {
  const fault = useContext(Faults)['quiet_hours'];
  const set = (changes: Partial<Hours>) => chosen !== null && onChange({ ...chosen, ...changes });
  return (
    <fieldset name="quiet_hours" className="choices">
      <legend className="hidden">{t('Quiet hours')}</legend>
      <Check
        checked={chosen !== null}
        onChange={(event) =>
          onChange(event.currentTarget.checked ? { from: '22:00', to: '07:00', time_zone: here() } : null)
        }
      >
        {t('Quiet hours every day')}
      </Check>
      {fault !== undefined && (
        <p className="field-fault">
          <Icon name="warning" /> {fault}
        </p>
      )}
      {chosen !== null && (
        <div className="field-row">
          <TextField
            label={t('From')}
            name="from"
            type="time"
            value={chosen.from}
            onChange={(event) => set({ from: event.currentTarget.value })}
          />
          <TextField
            label={t('To')}
            name="to"
            type="time"
            value={chosen.to}
            onChange={(event) => set({ to: event.currentTarget.value })}
          />
          <SelectField
            label={t('Time zone')}
            name="time_zone"
            value={chosen.time_zone}
            choices={zonesWith(chosen.time_zone).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
            onChange={(event) => set({ time_zone: event.currentTarget.value })}
          />
        </div>
      )}
    </fieldset>
  );
}
