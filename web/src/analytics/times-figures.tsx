import type { Ageing, Times, Workflow } from 'baton-sdk';
import { t } from '../ui/text.ts';
import { Figure } from './figure.tsx';
import { known, type Row, SpreadChart, SpreadTable } from './spread-chart.tsx';

interface TimesProps {
  query: { data: Times | undefined; error: unknown; refetch: () => unknown };
  workflow: Workflow | undefined;
}

const nameIn = (workflow: Workflow | undefined, key: string) =>
  workflow?.statuses.find((status) => status.key === key)?.name ?? key.replaceAll('_', ' ');

/** Returns a row for each status, in the order of the workflow. */
function rowsOf<S extends { status: string }>(
  statuses: readonly S[],
  workflow: Workflow | undefined,
  of: (status: S) => Row['durations'],
): Row[] {
  const order = workflow?.statuses.map(({ key }) => key) ?? [];
  return statuses
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .map((one) => ({ id: one.status, name: nameIn(workflow, one.status), durations: of(one) }));
}

const whole = ({ lead_time, cycle_time }: Times): Row[] => [
  { id: 'lead', name: t('Lead time'), durations: lead_time },
  { id: 'cycle', name: t('Cycle time'), durations: cycle_time },
];

/** How long the tickets completed in the period took. */
export function TimesFigure({ query, workflow }: TimesProps) {
  return (
    <>
      <Figure
        title={t('Lead and cycle time')}
        says={t(
          'Of tickets that were completed in the period. Lead time: from their creation on; cycle time: since work on them began.',
        )}
        query={query}
        isEmpty={(times) => known(whole(times)).length === 0}
        empty={t('No ticket was completed in this period.')}
        draw={(times) => <SpreadChart rows={known(whole(times))} />}
        table={(times) => <SpreadTable rows={whole(times)} of={t('Time')} />}
      />
      <Figure
        title={t('Time in each status')}
        says={t('Of the same tickets: how long they were in each status before they were completed.')}
        query={query}
        isEmpty={({ statuses }) => statuses.length === 0}
        empty={t('No ticket was completed in this period.')}
        draw={({ statuses }) => <SpreadChart rows={known(rowsOf(statuses, workflow, (status) => status))} />}
        table={({ statuses }) => <SpreadTable rows={rowsOf(statuses, workflow, (status) => status)} of={t('Status')} />}
      />
    </>
  );
}

/** How long the open tickets have been in their current status. */
export function OpenFigure({ query, workflow }: Omit<TimesProps, 'query'> & { query: AgeingQuery }) {
  return (
    <Figure
      title={t('Open tickets, by time in their status')}
      says={t('Of the tickets that are not done, now: how long ago their last step was.')}
      query={query}
      isEmpty={({ statuses }) => statuses.length === 0}
      empty={t('No ticket is open.')}
      draw={({ statuses, complete }) => (
        <>
          <SpreadChart rows={known(rowsOf(statuses, workflow, ({ in_status }) => in_status))} />
          {!complete && (
            <p className="figure-note">
              {t('There are more open tickets than one request looks at: of some status, only the oldest are in it.')}
            </p>
          )}
        </>
      )}
      table={({ statuses }) => (
        <SpreadTable rows={rowsOf(statuses, workflow, ({ in_status }) => in_status)} of={t('Status')} />
      )}
    />
  );
}

export interface AgeingQuery {
  data: Ageing | undefined;
  error: unknown;
  refetch: () => unknown;
}
