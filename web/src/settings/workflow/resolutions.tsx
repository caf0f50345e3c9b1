import { useState } from 'react';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { focusSection, Section } from '../frame.tsx';
import { most } from './definition.ts';
import { type Draft, removeResolution, replacementOf, setReplacement } from './draft.ts';
import { addResolution } from './edit.ts';
import { resolutionName } from './words.ts';

interface ResolutionsProps {
  draft: Draft;
  onChange: (next: Draft) => void;
}

/** Edits the resolutions of a workflow. */
export function Resolutions({ draft, onChange }: ResolutionsProps) {
  const { base, mine } = draft;
  const gone = base.resolutions.filter((key) => !mine.resolutions.includes(key));
  const remove = (key: string) => {
    onChange(removeResolution(draft, key, null));
    focusSection('resolutions');
  };
  return (
    <Section
      title={t('Resolutions')}
      name="resolutions"
      says={t('The reasons for which a ticket can be done. A step can ask for one.')}
    >
      <ul className="resolutions" aria-label={t('Resolutions')}>
        {mine.resolutions.map((key) => (
          <li key={key} className="resolution">
            {resolutionName(key)}
            <IconButton
              icon="close"
              label={t('Remove {name}', { name: resolutionName(key) })}
              onClick={() => remove(key)}
            />
          </li>
        ))}
      </ul>
      <Add
        onAdd={(name) => onChange({ ...draft, mine: addResolution(mine, name) })}
        is_full={mine.resolutions.length >= most}
      />
      {gone.length > 0 && (
        <div className="dropped">
          <h3>{t('Removed when you save')}</h3>
          <ul className="settings-entries">
            {gone.map((key) => (
              <li key={key} className="settings-entry">
                <div className="entry-what">
                  <strong>{resolutionName(key)}</strong>
                </div>
                <div className="entry-acts">
                  <Select
                    label={t('The new resolution of tickets with {name}', { name: resolutionName(key) })}
                    value={replacementOf(draft, key) ?? ''}
                    choices={[
                      { value: '', label: t('Tickets with it get no resolution') },
                      ...mine.resolutions.map((to) => ({
                        value: to,
                        label: t('Tickets get {name}', { name: resolutionName(to) }),
                      })),
                    ]}
                    onChange={(event) => {
                      const to = event.currentTarget.value;
                      onChange(setReplacement(draft, key, to === '' ? null : to));
                    }}
                  />
                  <Button
                    kind="quiet"
                    aria-label={t('Put back {name}', { name: resolutionName(key) })}
                    onClick={() => onChange({ ...draft, mine: { ...mine, resolutions: [...mine.resolutions, key] } })}
                  >
                    {t('Put back')}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}

function Add({ is_full, onAdd }: { is_full: boolean; onAdd: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <form
      className="status-add"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        onAdd(name);
        setName('');
      }}
    >
      <input
        className="input"
        aria-label={t('Name of a new resolution')}
        placeholder={t('New resolution')}
        autoComplete="off"
        maxLength={40}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" icon="add" disabled={is_full}>
        {t('Add')}
      </Button>
    </form>
  );
}
