import { helping } from '../../commands/opened.ts';
import { isNone, prefer, preferences, type Preferences, unsent } from '../../store/preferences.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { useCell } from '../../ui/use-cell.ts';
import { MySettings, Section } from '../frame.tsx';
import { languagesWith, zonesWith } from './places.ts';

/** `/me/preferences`: the look of the console, and its keys. */
export function Page() {
  const { theme, density, single_keys, time_zone, language } = useCell(preferences);
  const waits = !isNone(useCell(unsent));
  return (
    <MySettings
      page="preferences"
      says={t('They apply at once, and are the same on every machine on which you sign in.')}
    >
      <Section title={t('Theme')}>
        <OneOf<Preferences['theme']>
          legend={t('Theme')}
          name="theme"
          value={theme}
          options={[
            { value: 'system', label: t('As the system') },
            { value: 'light', label: t('Light') },
            { value: 'dark', label: t('Dark') },
          ]}
          onChange={(chosen) => prefer({ theme: chosen })}
        />
      </Section>
      <Section title={t('Rows')}>
        <OneOf<Preferences['density']>
          legend={t('Rows')}
          name="density"
          value={density}
          options={[
            { value: 'comfortable', label: t('Comfortable') },
            { value: 'compact', label: t('Compact: more fits on a page') },
          ]}
          onChange={(chosen) => prefer({ density: chosen })}
        />
      </Section>
      <Section title={t('Times and dates')}>
        <SelectField
          label={t('Time zone')}
          name="time_zone"
          value={time_zone ?? ''}
          choices={zonesWith(time_zone)}
          onChange={(event) => prefer({ time_zone: event.currentTarget.value || null })}
        />
        <SelectField
          label={t('How dates are written')}
          name="language"
          value={language ?? ''}
          choices={languagesWith(language)}
          onChange={(event) => prefer({ language: event.currentTarget.value || null })}
        />
      </Section>
      <Section title={t('Keys')} act={<Button onClick={() => helping.set(true)}>{t('Show and change keys')}</Button>}>
        <Check
          checked={single_keys}
          hint={t(
            'Turn this off if you dictate, or if keys are pressed by mistake. Keys with Ctrl or ⌘ work all the same.',
          )}
          onChange={(event) => prefer({ single_keys: event.currentTarget.checked })}
        >
          {t('Single keys run commands')}
        </Check>
      </Section>
      <p role="status" className="nothing">
        {waits && t('Not saved on the server yet. It is sent as soon as the server can be reached.')}
      </p>
    </MySettings>
  );
}

interface OneOfProps<Value extends string> {
  legend: string;
  name: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
}

const OneOf = <Value extends string>({ legend, name, value, options, onChange }: OneOfProps<Value>) => (
  <fieldset className="choices">
    <legend className="hidden">{legend}</legend>
    {options.map((option) => (
      <Check
        key={option.value}
        kind="radio"
        name={name}
        checked={option.value === value}
        onChange={() => onChange(option.value)}
      >
        {option.label}
      </Check>
    ))}
  </fieldset>
);
