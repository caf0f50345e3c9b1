import type { Period } from '../api/analytics.ts';
import { t } from '../ui/text.ts';
import { isZone, ownZone } from '../ui/dates.ts';
import { type Length, lengths, type PeriodAddress } from './period.ts';

interface BarProps {
  address: PeriodAddress;
  period: Period;
  change: (changed: PeriodAddress) => void;
}

/** Returns the time zones to choose from: the person’s own first, then UTC, then all that the browser knows. */
const zones = () => [...new Set([ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone').filter(isZone)])];

/** Chooses the days that the figures cover, and the time zone in which those days begin and end. */
export function PeriodBar({ address, period, change }: BarProps) {
  const names: Record<Length, string> = {
    '30': t('30 days'),
    '90': t('90 days'),
    '365': t('365 days'),
  };
  const { tz } = address;
  const is_own = address.from !== undefined;
  const chosen = is_own ? undefined : (address.days ?? '90');
  const setDays = (changed: { from?: string; to?: string }) => {
    const next = { from: period.from, to: period.to, ...changed };
    if (next.from !== '' && next.to !== '' && next.from <= next.to) change({ tz, ...next });
  };
  return (
    <div className="period" role="group" aria-label={t('Period')}>
      <div className="period-lengths">
        {lengths.map((days) => (
          <button
            key={days}
            type="button"
            className="layout"
            aria-pressed={days === chosen}
            onClick={() => change({ days, tz })}
          >
            {names[days]}
          </button>
        ))}
      </div>
      <label>
        {t('From')}
        <input
          type="date"
          className="input"
          value={period.from}
          max={period.to}
          onChange={(event) => setDays({ from: event.currentTarget.value })}
        />
      </label>
      <label>
        {t('To')}
        <input
          type="date"
          className="input"
          value={period.to}
          min={period.from}
          onChange={(event) => setDays({ to: event.currentTarget.value })}
        />
      </label>
      <label>
        {t('Time zone')}
        <select
          className="input"
          value={period.time_zone}
          onChange={(event) => change({ ...address, tz: event.currentTarget.value })}
        >
          {zones().map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </label>
    </div>
  );
}
