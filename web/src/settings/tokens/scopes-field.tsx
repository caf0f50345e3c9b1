import { useContext, useState } from 'react';
import { Faults } from '../../ui/form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { type Area, area_names, areaName, levelName, meaningOf, scopesOf } from './scopes.ts';

/** Chooses what a token may do, area by area. */
export function ScopesField() {
  const fault = useContext(Faults)['scopes'];
  return (
    <fieldset name="scopes" className="scopes">
      <legend className="field-name">{t('May')}</legend>
      <p className="field-hint">{t('Never more than the person or bot that it acts for may do at that moment.')}</p>
      {fault !== undefined && (
        <p id="scopes-fault" className="field-fault">
          <Icon name="warning" /> {t('Choose at least one.')}
        </p>
      )}
      {area_names.map((area, place) => (
        <AreaField key={area} area={area} is_faulty={fault !== undefined && place === 0} />
      ))}
    </fieldset>
  );
}

function AreaField({ area, is_faulty }: { area: Area; is_faulty: boolean }) {
  const [chosen, setChosen] = useState('');
  const choices = [
    { value: '', label: t('Nothing') },
    ...scopesOf(area).map((scope) => ({ value: scope, label: levelName(scope) })),
  ];
  const all_below = scopesOf(area).slice(0, scopesOf(area).findIndex((scope) => scope === chosen) + 1);
  return (
    <div className="scope">
      <span className="scope-area">{areaName(area)}</span>
      <Select
        label={areaName(area)}
        name={`scope-${area}`}
        choices={choices}
        value={chosen}
        aria-invalid={is_faulty ? true : undefined}
        aria-describedby={is_faulty ? 'scopes-fault' : undefined}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      <span className="scope-says">{all_below.map(meaningOf).join(' ')}</span>
    </div>
  );
}
