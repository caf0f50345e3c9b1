import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { createProject, projectsQuery } from '../api/workspaces.ts';
import { run } from '../commands/registry.ts';
import { TextField } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { keyFor } from './key-for.ts';
import { offerToInvite } from './offered.ts';
import { Picture } from './picture.tsx';
import { presets } from './presets.ts';
import './first-run.css';

/** `/w/W/new-project`: asks for the name, key and workflow, and then opens the form for the first ticket. */
export function Page() {
  const { workspace = '' } = useParams({ strict: false });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const create = async ({ name = '', key = '', workflow = '' }) => {
    const others = await queries.ensureQueryData(projectsQuery(workspace));
    const project = await createProject(workspace, {
      name,
      key,
      workflow: workflow === 'strict' ? 'strict' : 'standard',
    });
    await queries.invalidateQueries({ queryKey: ['projects', workspace] });
    if (others.length === 0) offerToInvite(workspace);
    await navigate({ to: '/w/$workspace/p/$project/board', params: { workspace, project: project.key } });
    run('create');
  };
  return (
    <div className="begin begin-wide">
      <Title>{t('Create a project')}</Title>
      <p className="begin-says">
        {t('A project has tickets of one kind of work, and a workflow that they go through.')}
      </p>
      <Form submit={t('Create project')} sending={t('Creating…')} at={{ project_key_taken: 'key' }} onSubmit={create}>
        <NameAndKey />
        <Workflows />
      </Form>
    </div>
  );
}

/** The key follows the name until it is typed by hand. */
function NameAndKey() {
  const [key, setKey] = useState('');
  const [typed, setTyped] = useState(false);
  return (
    <div className="begin-row">
      <TextField
        label={t('Name')}
        name="name"
        autoComplete="off"
        placeholder={t('Engineering')}
        autoFocus
        onChange={(event) => typed || setKey(keyFor(event.currentTarget.value))}
      />
      <TextField
        label={t('Key')}
        name="key"
        autoComplete="off"
        className="begin-key"
        maxLength={10}
        hint={t('Tickets are called {key}-1, {key}-2 …', { key: key === '' ? 'ENG' : key })}
        value={key}
        onChange={(event) => {
          setTyped(true);
          setKey(event.currentTarget.value.toUpperCase());
        }}
      />
    </div>
  );
}

function Workflows() {
  return (
    <fieldset className="presets">
      <legend className="field-name">{t('Workflow')}</legend>
      {presets().map(({ name, title, says, statuses, steps }, place) => (
        <label key={name} className="preset">
          <span className="preset-head">
            <input type="radio" name="workflow" value={name} defaultChecked={place === 0} />
            <strong>{title}</strong>
          </span>
          <span className="preset-says">{says}</span>
          <Picture statuses={statuses} steps={steps} />
        </label>
      ))}
      <p className="field-hint">{t('It can be changed later, with the tickets in it.')}</p>
    </fieldset>
  );
}
