import type { Desk } from '../desk/desk.ts';
import { MenuCheck } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { useLabels } from './use-labels.ts';

interface LabelChecksProps {
  desk: Desk;
  /** The typed text. */
  query: string;
  value: readonly string[];
  /** Whether a label that no ticket has yet is created by choosing it. */
  creates?: boolean;
  onChange: (label: string, checked: boolean) => void;
}

/** The items of an open menu of labels, of which several can be checked. Any text can be chosen as a label. */
export function LabelChecks({ desk, query, value, creates = false, onChange }: LabelChecksProps) {
  const { labels, other, complete } = useLabels(desk, { query, own: creates ? value : [] });
  return (
    <>
      {labels.map((label) => (
        <MenuCheck
          key={label}
          label={label}
          checked={value.includes(label)}
          onChange={(checked) => onChange(label, checked)}
        >
          {label}
        </MenuCheck>
      ))}
      {other !== undefined && (
        <MenuCheck label={other} checked={value.includes(other)} onChange={(checked) => onChange(other, checked)}>
          {creates && complete ? t('New label “{label}”', { label: other }) : other}
        </MenuCheck>
      )}
    </>
  );
}
