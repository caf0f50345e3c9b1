import type { Workflow } from 'baton-sdk';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Select } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';
import { idOf, theirChanges, type Theirs as Their } from './compare.ts';
import { type Definition, definitionOf } from './definition.ts';
import { type Draft, onTopOf } from './draft.ts';
import { partName, valueName } from './words.ts';

type Side = 'yours' | 'theirs';

interface TheirsProps {
  draft: Draft;
  workflow: Workflow;
  onMerged: (next: Draft) => void;
  onDiscard: () => void;
}

/**
 * Shows what somebody else has saved in the meantime, beside the changes here, and lets the person choose before
 * saving.
 */
export function Theirs({ draft, workflow, onMerged, onDiscard }: TheirsProps) {
  const [chosen, setChosen] = useState<Record<string, Side>>({});
  const definition = definitionOf(workflow);
  const { version } = workflow;
  const changes = theirChanges(draft.base, draft.mine, definition);
  const conflicts = changes.filter(({ is_conflict }) => is_conflict).length;
  const all = [draft.mine, definition, draft.base];
  return (
    <div className="meanwhile" data-theirs="">
      <p className="meanwhile-says" role="alert">
        <Icon name="warning" />{' '}
        {t('Somebody saved this workflow meanwhile (version {version}). Your changes are still here, and not saved.', {
          version,
        })}
      </p>
      {changes.length > 0 && (
        <div className="scrolls">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('What')}</th>
                <th scope="col">{t('Was')}</th>
                <th scope="col">{t('Yours')}</th>
                <th scope="col">{t('Theirs')}</th>
                <th scope="col">{t('Take')}</th>
              </tr>
            </thead>
            <tbody>
              {changes.map((one) => (
                <Row
                  key={idOf(one.part)}
                  change={one}
                  definitions={all}
                  chosen={chosen[idOf(one.part)] ?? 'yours'}
                  onChoose={(side) => setChosen({ ...chosen, [idOf(one.part)]: side })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="form-end">
        <Button
          kind="primary"
          onClick={() => onMerged(onTopOf(draft, { version, definition }, (part) => chosen[idOf(part)] ?? 'yours'))}
        >
          {conflicts === 0 ? t('Lay mine over theirs') : t('Go on with this')}
        </Button>
        <Button onClick={onDiscard}>{t('Keep theirs, drop mine')}</Button>
      </div>
    </div>
  );
}

interface RowProps {
  change: Their;
  definitions: readonly Definition[];
  chosen: Side;
  onChoose: (side: Side) => void;
}

function Row({ change: { part, was, yours, theirs, is_conflict }, definitions, chosen, onChoose }: RowProps) {
  const name = partName(part, definitions);
  return (
    <tr>
      <th scope="row">{name}</th>
      {[was, yours, theirs].map((value, place) => (
        <td key={place}>{valueName(part, value, definitions)}</td>
      ))}
      <td>
        {is_conflict ? (
          <Select
            label={t('Which to take for {name}', { name })}
            value={chosen}
            choices={[
              { value: 'yours', label: t('Yours') },
              { value: 'theirs', label: t('Theirs') },
            ]}
            onChange={(event) => onChoose(event.currentTarget.value === 'theirs' ? 'theirs' : 'yours')}
          />
        ) : (
          t('Both fit')
        )}
      </td>
    </tr>
  );
}
