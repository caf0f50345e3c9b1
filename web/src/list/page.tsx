import { useDesk, useLive, useProject } from '../desk/use-desk.ts';
import { t } from '../ui/text.ts';
import { Listed } from './listed.tsx';
import { NoGroups } from './no-groups.tsx';
import { TicketsPage } from './tickets-page.tsx';
import { useFilters } from './use-filters.ts';
import { useGroups } from './use-lists.ts';

/** The tickets of one project or of all as a list, with the open ticket beside it. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { filters, change, project } = useFilters();
  const groups = useGroups(desk, filters, project);
  const name = useProject(desk, project)?.name ?? (project === undefined ? t('All projects') : project);
  return (
    <TicketsPage
      {...{ desk, project }}
      title={t('{name}: tickets', { name })}
      tab={t('{name} tickets', { name })}
      refusals="messages"
    >
      {(beside) =>
        groups === undefined ? (
          <NoGroups
            {...{ desk, project }}
            rows={10}
            loading={t('Loading the tickets…')}
            failed={t('The tickets could not be loaded.')}
          />
        ) : (
          <Listed {...{ desk, groups, filters, change, project }} {...beside} />
        )
      }
    </TicketsPage>
  );
}
