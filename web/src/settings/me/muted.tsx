import { useQuery } from '@tanstack/react-query';
import { projectsQuery } from '../../api/workspaces.ts';
import { Check } from '../../ui/check.tsx';
import { t } from '../../ui/text.ts';

interface MutedProps {
  workspace: string;
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Chooses the projects that the person mutes. */
export function Muted({ workspace, chosen, onChange }: MutedProps) {
  const { data = [] } = useQuery(projectsQuery(workspace));
  if (data.length === 0) return <p className="nothing">{t('There is no project yet.')}</p>;
  return (
    <fieldset className="choices choices-group">
      <legend className="hidden">{t('Muted projects')}</legend>
      {data.map(({ id, key, name }) => (
        <Check
          key={id}
          checked={chosen.includes(id)}
          onChange={(event) =>
            onChange(event.currentTarget.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
          }
        >
          {name} <span className="entry-of">{key}</span>
        </Check>
      ))}
    </fieldset>
  );
}
