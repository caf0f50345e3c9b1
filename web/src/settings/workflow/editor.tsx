import type { Workflow } from 'baton-sdk';
import { useState } from 'react';
import { t } from '../../ui/text.ts';
import { Section } from '../frame.tsx';
import { changesBetween } from './compare.ts';
import type { Definition } from './definition.ts';
import type { Draft } from './draft.ts';
import { type Fault, faultsOf } from './faults.ts';
import { Matrix } from './matrix.tsx';
import { Picture } from './picture.tsx';
import { Presets } from './preset-choice.tsx';
import { Resolutions } from './resolutions.tsx';
import { SaveBar } from './save-bar.tsx';
import { Statuses } from './statuses.tsx';
import { StepPanel } from './step-panel.tsx';
import { Theirs } from './theirs.tsx';
import { useDraft } from './use-draft.ts';
import { useSave } from './use-save.ts';
import './workflow.css';

interface EditorProps {
  workspace: string;
  project: string;
  workflow: Workflow;
  may: boolean;
}

/** Returns the selected step; the first one until a step is selected. */
function useChosen({ statuses, transitions }: Definition) {
  const [chosen, setChosen] = useState<{ from: string; to: string }>();
  const isThere = (key: string) => statuses.some((status) => status.key === key);
  const is_there = chosen !== undefined && isThere(chosen.from) && isThere(chosen.to);
  return [is_there ? chosen : transitions[0], setChosen] as const;
}

const stale = (): Fault => ({
  at: undefined,
  says: t('Somebody else has saved it meanwhile: choose above what to go on with.'),
});

/** The editor of a workflow. */
export function Editor({ workspace, project, workflow, may }: EditorProps) {
  const edited = useDraft(workspace, workflow);
  const { draft, change } = edited;
  const { base, mine } = draft;
  const [chosen, choose] = useChosen(mine);
  const saving = useSave({ workspace, project, edited });
  const faults = faultsOf(mine);
  const is_stale = workflow.version > draft.version;
  const changes = changesBetween(base, mine);
  const edit = (next: Definition) => change({ ...draft, mine: next });
  const all = (next: Draft) => {
    saving.forget();
    change(next);
  };
  return (
    <div className="workflow">
      {is_stale && (
        <Theirs key={workflow.version} draft={draft} workflow={workflow} onMerged={all} onDiscard={edited.discard} />
      )}
      <Section title={t('Picture')} name="picture">
        <Picture base={base} mine={mine} chosen={chosen} />
      </Section>
      <fieldset className="may sections" disabled={!may}>
        <Statuses draft={draft} faults={faults} in_use={saving.in_use} onChange={all} />
        <Section
          title={t('Steps')}
          says={t(
            'A tick lets tickets go from the status of the row to the status of the column. Arrows move between the boxes, Space ticks.',
          )}
        >
          <div className="steps">
            <Matrix definition={mine} chosen={chosen} onChoose={choose} onChange={edit} may={may} />
            {chosen !== undefined && <StepPanel definition={mine} at={chosen} onChange={edit} />}
          </div>
        </Section>
        <Resolutions draft={draft} onChange={all} />
        {may && <Presets draft={draft} onChange={all} />}
      </fieldset>
      {may && (
        <SaveBar edited={edited} changes={changes} faults={is_stale ? [stale(), ...faults] : faults} saving={saving} />
      )}
    </div>
  );
}
