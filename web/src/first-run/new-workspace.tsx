import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { createWorkspace } from '../api/workspaces.ts';
import { TextField } from '../ui/field.tsx';
import { Form } from '../ui/form.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import './first-run.css';

/** `/new-workspace`: asks for the name, and continues with the first project. */
export function Page() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const create = async ({ name = '' }) => {
    const workspace = await createWorkspace(name);
    await queries.invalidateQueries({ queryKey: ['workspaces'] });
    await navigate({ to: '/w/$workspace/new-project', params: { workspace: workspace.id } });
  };
  return (
    <div className="begin">
      <Title>{t('Name your workspace')}</Title>
      <p className="begin-says">
        {t('A workspace has your projects and the people you work with. Nobody else sees what is in it.')}
      </p>
      <Form submit={t('Create workspace')} sending={t('Creating…')} onSubmit={create}>
        <TextField label={t('Name')} name="name" autoComplete="organization" placeholder={t('Harbour')} autoFocus />
      </Form>
    </div>
  );
}
