import { Button } from '../../ui/button.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { Picture as Drawn } from '../../first-run/picture.tsx';
import { Section } from '../frame.tsx';
import { type Draft, replaceBy } from './draft.ts';
import { all_presets } from './presets.ts';

/** Replaces the workflow with one of the presets. */
export function Presets({ draft, onChange }: { draft: Draft; onChange: (next: Draft) => void }) {
  return (
    <Section
      title={t('Begin again from a preset')}
      says={t(
        'It replaces what is above, and nothing happens before you save. Tickets go to statuses that mean the same.',
      )}
    >
      <ul className="preset-list">
        {all_presets().map(({ name, title, says, statuses, steps, definition }) => (
          <li key={name} className="preset-one">
            <h3>{title}</h3>
            <p className="section-says">{says}</p>
            <Drawn statuses={statuses} steps={steps} />
            <Button
              onClick={() => {
                const before = draft;
                onChange(replaceBy(draft, definition));
                toast({
                  text: t('{title} is above, and not saved yet', { title }),
                  action: { label: t('Undo'), run: () => onChange(before) },
                });
              }}
            >
              {t('Use {title}', { title })}
            </Button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
