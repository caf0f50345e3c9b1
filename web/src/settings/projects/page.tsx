import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Project } from 'baton-sdk';
import { useState } from 'react';
import { isCode } from '../../api/problems.ts';
import { projectPages, readProject, updateProject } from '../../api/project-settings.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { attempt } from '../acts.ts';
import { focusSection, Section, WorkspaceSettings } from '../frame.tsx';
import { NameForm } from '../name-form.tsx';
import { Paged } from '../paged.tsx';
import { useMay } from '../../desk/use-may.ts';

/** `/w/W/settings/projects`: the active projects, and the archived ones. */
export function Page() {
  return (
    <WorkspaceSettings page="projects">
      {(workspace) => (
        <>
          <InUse workspace={workspace} />
          <Archived workspace={workspace} />
        </>
      )}
    </WorkspaceSettings>
  );
}

function InUse({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'update_project');
  const create = (
    <Link to="/w/$workspace/new-project" params={{ workspace }} className="button button-plain">
      {t('New project')}
    </Link>
  );
  return (
    <Section title={t('In use')} name="projects" may={may} act={may.may && create}>
      <Paged
        query={projectPages(workspace, { archived: false })}
        loading={t('Loading the projects…')}
        failed={t('The projects could not be loaded')}
        none={<p className="nothing">{t('There is no project yet. Tickets need one.')}</p>}
      >
        {(projects) => (
          <ul className="settings-entries" aria-label={t('Projects')}>
            {projects.map((project) => (
              <Row key={project.id} workspace={workspace} project={project} may={may.may} />
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  );
}

function Row({ workspace, project, may }: { workspace: string; project: Project; may: boolean }) {
  const { key, name, created_at } = project;
  const [opened, setOpened] = useState<'name' | 'archive'>();
  const close = () => setOpened(undefined);
  return (
    <li className="settings-entry">
      <code className="entry-key">{key}</code>
      <div className="entry-what">
        <strong>
          <Link to="/w/$workspace/p/$project/list" params={{ workspace, project: key }}>
            {name}
          </Link>
        </strong>
        <span className="entry-more">
          {t('created')} <Time at={created_at} />
        </span>
      </div>
      <div className="entry-acts">
        <Link
          to="/w/$workspace/settings/workflow/$project"
          params={{ workspace, project: key }}
          className="button button-quiet"
          aria-label={t('Workflow of {name}', { name })}
        >
          {t('Workflow')}
        </Link>
        {may && (
          <Menu align="end" trigger={<IconButton icon="more" label={t('More about {name}', { name })} />}>
            <MenuItem onSelect={() => setOpened('name')}>{t('Rename…')}</MenuItem>
            <MenuLine />
            <MenuItem onSelect={() => setOpened('archive')}>{t('Archive…')}</MenuItem>
          </Menu>
        )}
      </div>
      {opened === 'name' && <Rename workspace={workspace} project={project} onClose={close} />}
      {opened === 'archive' && <Archive workspace={workspace} project={project} onClose={close} />}
    </li>
  );
}

interface AskProps {
  workspace: string;
  project: Project;
  onClose: () => void;
}

function Rename({ workspace, project: { id, key, name, version }, onClose }: AskProps) {
  const queries = useQueryClient();
  return (
    <Dialog
      open
      title={t('Rename {name}', { name })}
      description={t('Its key stays {key}: links to its tickets have it.', { key })}
      onClose={onClose}
    >
      <NameForm
        label={t('Name')}
        now={{ name, version }}
        save={(named) => updateProject({ id, version: named.version }, workspace, { name: named.name })}
        read={() => readProject(workspace, id)}
        onSaved={() => {
          onClose();
          void queries.invalidateQueries({ queryKey: ['projects'] });
        }}
      />
    </Dialog>
  );
}

/** Archives or unarchives a project, even if it was renamed in the meantime. */
async function setArchived(workspace: string, project: Project, archived: boolean): Promise<void> {
  try {
    await updateProject(project, workspace, { archived });
  } catch (error) {
    if (!isCode(error, 'conflict')) throw error;
    await updateProject(await readProject(workspace, project.id), workspace, { archived });
  }
}

function Archive({ workspace, project, onClose }: AskProps) {
  const queries = useQueryClient();
  const { key, name } = project;
  const archive = async () => {
    await setArchived(workspace, project, true);
    onClose();
    toast({ text: t('{name} is archived', { name }) });
    await queries.invalidateQueries({ queryKey: ['projects'] });
    focusSection('projects');
  };
  return (
    <Confirm
      kind="primary"
      title={t('Archive {name}?', { name })}
      act={t('Archive')}
      acting={t('Archiving…')}
      onConfirm={archive}
      onClose={onClose}
    >
      <ul>
        <li>{t('Its tickets can be read and found, and not changed: no steps, edits or comments.')}</li>
        <li>{t('The key {key} stays taken, and links stay valid.', { key })}</li>
        <li>{t('It can be unarchived here at any time.')}</li>
      </ul>
    </Confirm>
  );
}

function Archived({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'update_project');
  const queries = useQueryClient();
  const unarchive = async (project: Project) => {
    const { name } = project;
    const says = { done: t('{name} is in use again', { name }), failed: t('{name} is still archived.', { name }) };
    await attempt(() => setArchived(workspace, project, false), says);
    await queries.invalidateQueries({ queryKey: ['projects'] });
    focusSection('projects');
  };
  return (
    <Section title={t('Archived')}>
      <Paged
        query={projectPages(workspace, { archived: true })}
        loading={t('Loading the archived projects…')}
        failed={t('The archived projects could not be loaded')}
        none={<p className="nothing">{t('No project is archived.')}</p>}
      >
        {(projects) => (
          <ul className="settings-entries" aria-label={t('Archived projects')}>
            {projects.map((project) => (
              <li key={project.id} className="settings-entry">
                <code className="entry-key">{project.key}</code>
                <div className="entry-what">
                  <strong>{project.name}</strong>
                  <span className="entry-more">
                    {t('archived')} <Time at={project.archived_at ?? project.updated_at} />
                  </span>
                </div>
                <div className="entry-acts">
                  <Button
                    disabled={!may.may}
                    aria-label={t('Unarchive {name}', { name: project.name })}
                    onClick={() => void unarchive(project)}
                  >
                    {t('Unarchive')}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  );
}
