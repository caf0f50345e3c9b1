import type { PossibleStep } from '../desk/steps.ts';
import { MenuItem } from '../ui/menu.tsx';
import { StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { FieldMenu, type Opened, type Where } from './menu.tsx';

interface StatusMenuProps extends Opened {
  where: Where;
  steps: readonly PossibleStep[];
  /** Shown if there is no step. */
  none?: string | undefined;
  onStep: (step: PossibleStep) => void;
}

/** Chooses among the steps that a ticket may take. Dots after a name mean that the step requires fields. */
export function StatusMenu({ steps, none, onStep, ...rest }: StatusMenuProps) {
  return (
    <FieldMenu {...rest}>
      {steps.length === 0 && (
        <MenuItem disabled onSelect={() => undefined}>
          {none ?? t('No step leads on from here.')}
        </MenuItem>
      )}
      {steps.map((step, index) => (
        <MenuItem key={step.to} digit={index < 9 ? index + 1 : undefined} onSelect={() => onStep(step)}>
          <StatusIcon category={step.category} />
          {step.missing.length > 0 ? t('{name}…', { name: step.name }) : step.name}
        </MenuItem>
      ))}
    </FieldMenu>
  );
}
