import { helping } from '../../commands/opened.ts';
import { prefer, preferences, type Preferences } from '../../store/preferences.ts';
import { Button } from '../../ui/button.tsx';
import { Check } from '../../ui/check.tsx';
import { t } from '../../ui/text.ts';
import { useCell } from '../../ui/use-cell.ts';
import { MySettings, Section } from '../frame.tsx';

/** `/me/preferences`: how the console looks, and its keys. */
export function Page() {
  const { theme, density, single_keys } = useCell(preferences);
  return (
    <MySettings page="preferences" says={t('They are kept in this browser, and apply at once.')}>
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
