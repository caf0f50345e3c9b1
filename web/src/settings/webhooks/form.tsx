import { useQuery } from '@tanstack/react-query';
import { useContext, useId } from 'react';
import { projectsQuery } from '../../api/workspaces.ts';
import { Check } from '../../ui/check.tsx';
import { TextField } from '../../ui/field.tsx';
import { Faults } from '../../ui/form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { t } from '../../ui/text.ts';
import { type Given, toggled } from './choice.ts';
import { groups } from './types.ts';

interface FieldsProps {
  workspace: string;
  given: Given;
  onChange: (changes: Partial<Given>) => void;
}

/** The fields of a webhook: its address, description and filters. */
export function WebhookFields({ workspace, given, onChange }: FieldsProps) {
  return (
    <>
      <TextField
        label={t('Address')}
        name="url"
        type="url"
        autoComplete="off"
        spellCheck={false}
        placeholder={t('https://…')}
        hint={t('It gets each event as a signed request: https, in no private network. Owners and admins see it here.')}
        value={given.url}
        onChange={(event) => onChange({ url: event.currentTarget.value })}
      />
      <TextField
        label={t('Description')}
        name="description"
        autoComplete="off"
        maxLength={200}
        value={given.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
      />
      <Types chosen={given.types} onChange={(types) => onChange({ types })} />
      <Projects
        workspace={workspace}
        chosen={given.project_ids}
        onChange={(project_ids) => onChange({ project_ids })}
      />
    </>
  );
}

interface ChosenProps {
  /** null means all. */
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
}

interface AllOrSomeProps extends ChosenProps {
  name: string;
  legend: string;
  all: string;
  some: string;
  children: (chosen: readonly string[]) => React.ReactNode;
}

/** Chooses all values, or some of them. */
function AllOrSome({ name, legend, all, some, chosen, onChange, children }: AllOrSomeProps) {
  const id = useId();
  const fault = useContext(Faults)[name];
  return (
    <fieldset name={name} className="choices">
      <legend className="field-name">{legend}</legend>
      {fault !== undefined && (
        <p className="field-fault">
          <Icon name="warning" /> {fault}
        </p>
      )}
      <Check kind="radio" name={`${id}-which`} checked={chosen === null} onChange={() => onChange(null)}>
        {all}
      </Check>
      <Check kind="radio" name={`${id}-which`} checked={chosen !== null} onChange={() => onChange(chosen ?? [])}>
        {some}
      </Check>
      {chosen !== null && <div className="choices-some">{children(chosen)}</div>}
    </fieldset>
  );
}

function Types(props: ChosenProps) {
  return (
    <AllOrSome {...props} name="types" legend={t('Events')} all={t('All events')} some={t('Only these events')}>
      {(chosen) =>
        groups().map(({ subject, name, types }) => (
          <fieldset key={subject} className="choices-group">
            <legend>{name}</legend>
            {types.map(({ type, says }) => (
              <Check key={type} checked={chosen.includes(type)} onChange={() => props.onChange(toggled(chosen, type))}>
                {says}
              </Check>
            ))}
          </fieldset>
        ))
      }
    </AllOrSome>
  );
}

function Projects({ workspace, ...props }: ChosenProps & { workspace: string }) {
  const { data = [] } = useQuery(projectsQuery(workspace));
  return (
    <AllOrSome
      {...props}
      name="project_ids"
      legend={t('Projects')}
      all={t('Everything in the workspace')}
      some={t('Only these projects and their tickets')}
    >
      {(chosen) => (
        <div className="choices-group">
          {data.map(({ id, key, name }) => (
            <Check key={id} checked={chosen.includes(id)} onChange={() => props.onChange(toggled(chosen, id))}>
              {name} <span className="entry-of">{key}</span>
            </Check>
          ))}
          {chosen
            .filter((id) => !data.some((project) => project.id === id))
            .map((id) => (
              <Check key={id} checked onChange={() => props.onChange(toggled(chosen, id))}>
                {t('a project that is archived')}
              </Check>
            ))}
        </div>
      )}
    </AllOrSome>
  );
}
