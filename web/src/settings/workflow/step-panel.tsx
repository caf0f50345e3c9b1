import { roleNames } from '../../api/words.ts';
import { Check } from '../../ui/check.tsx';
import { t } from '../../ui/text.ts';
import { type Definition, isDone, requirements, stepIn, step_roles, type StepRules } from './definition.ts';
import { setStep, toggleStep } from './edit.ts';
import { nameIn, requirementName } from './words.ts';

interface StepPanelProps {
  definition: Definition;
  at: { from: string; to: string };
  onChange: (next: Definition) => void;
}

const toggled = (values: readonly string[], value: string) =>
  values.includes(value) ? values.filter((one) => one !== value) : [...values, value];

/** Edits the step that is selected in the matrix: who may take it, and what it requires. */
export function StepPanel({ definition, at, onChange }: StepPanelProps) {
  const step = stepIn(definition, at.from, at.to);
  const [from, to] = [nameIn([definition], at.from), nameIn([definition], at.to)];
  const set = (rules: Partial<StepRules>) => step && onChange(setStep(definition, at, { ...step, ...rules }));
  return (
    <div className="step" role="group" aria-label={t('The step {from} → {to}', { from, to })}>
      <h3>{t('{from} → {to}', { from, to })}</h3>
      <Check checked={step !== undefined} onChange={() => onChange(toggleStep(definition, at))}>
        {t('Tickets may go this way')}
      </Check>
      {step !== undefined && (
        <div className="step-rules">
          <fieldset className="choices">
            <legend className="field-name">{t('Who may take it')}</legend>
            {step_roles.map((role) => {
              const is_last = step.roles.length === 1 && step.roles.includes(role);
              return (
                <Check
                  key={role}
                  checked={step.roles.includes(role)}
                  disabled={is_last}
                  hint={is_last ? t('At least one role must be able to.') : undefined}
                  onChange={() => set({ roles: toggled(step.roles, role) })}
                >
                  {roleNames([role])}
                </Check>
              );
            })}
          </fieldset>
          <fieldset className="choices">
            <legend className="field-name">{t('What it needs')}</legend>
            {requirements.map((field) => {
              const is_wrong = field === 'resolution' && !isDone(definition, at.to);
              return (
                <Check
                  key={field}
                  checked={step.requires.includes(field)}
                  disabled={is_wrong}
                  hint={is_wrong ? t('Only on the way to a status that means done.') : undefined}
                  onChange={() => set({ requires: toggled(step.requires, field) })}
                >
                  {requirementName(field)}
                </Check>
              );
            })}
          </fieldset>
        </div>
      )}
    </div>
  );
}
