import { useQueryClient } from '@tanstack/react-query';
import { deletedTickets, restoreTicket } from '../../api/deleted-tickets.ts';
import { useMay } from '../../desk/use-may.ts';
import { Button } from '../../ui/button.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { attempt } from '../acts.ts';
import { focusSection, Section, WorkspaceSettings } from '../frame.tsx';
import { Paged } from '../paged.tsx';

/** `/w/W/settings/deleted`: the deleted tickets of all projects, each with a button to restore it. */
export function Page() {
  return (
    <WorkspaceSettings
      page="deleted"
      says={t('A deleted ticket keeps its key, its history and its comments, and can be restored.')}
    >
      {(workspace) => <Deleted workspace={workspace} />}
    </WorkspaceSettings>
  );
}

function Deleted({ workspace }: { workspace: string }) {
  const may = useMay({ workspace_id: workspace }, 'restore_ticket');
  const queries = useQueryClient();
  const query = deletedTickets(workspace);
  const restore = async ({ id, key }: { id: string; key: string }) => {
    const says = { done: t('{key} restored', { key }), failed: t('{key} is still deleted.', { key }) };
    await attempt(() => restoreTicket(workspace, id), says);
    await queries.invalidateQueries({ queryKey: query.queryKey });
    focusSection('deleted');
  };
  return (
    <Section title={t('Deleted tickets')} name="deleted" may={may}>
      <Paged
        query={query}
        loading={t('Loading the deleted tickets…')}
        failed={t('The deleted tickets could not be loaded')}
        none={<p className="nothing">{t('No ticket is deleted.')}</p>}
      >
        {(tickets) => (
          <ul className="settings-entries" aria-label={t('Deleted tickets')}>
            {tickets.map(({ id, key, title, deleted_at, updated_at }) => (
              <li key={id} className="settings-entry">
                <code className="entry-key">{key}</code>
                <div className="entry-what">
                  <strong>{title}</strong>
                  <span className="entry-more">
                    {t('deleted')} <Time at={deleted_at ?? updated_at} />
                  </span>
                </div>
                <div className="entry-acts">
                  <Button
                    disabled={!may.may}
                    aria-label={t('Restore {key}', { key })}
                    onClick={() => void restore({ id, key })}
                  >
                    {t('Restore')}
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
