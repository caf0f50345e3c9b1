import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Ageing, Workflow } from 'baton-sdk';
import { ticketNameQuery } from '../api/ticket-names.ts';
import type { Desk } from '../desk/desk.ts';
import { usePeople } from '../desk/use-desk.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Failed, Skeleton } from '../ui/states.tsx';
import { StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { durationOf } from './scales.ts';
import type { AgeingQuery } from './times-figures.tsx';

interface AgeingProps {
  desk: Desk;
  query: AgeingQuery;
  workflow: Workflow | undefined;
}

/** The open tickets that have been in their status longest. The figure is a table of links, so it has no drawing. */
export function AgeingFigure({ desk, query: { data, error, refetch }, workflow }: AgeingProps) {
  return (
    <section className="figure figure-whole figure-ageing" aria-labelledby="ageing">
      <header className="figure-head">
        <h2 id="ageing">{t('Ageing work')}</h2>
      </header>
      <p className="figure-says">{t('The open tickets that have been in their status longest.')}</p>
      {data === undefined && error !== null && (
        <Failed what={t('This figure could not be computed')} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton rows={6} label={t('Computing the ages…')} />}
      {data?.oldest.length === 0 && <p className="figure-empty">{t('No ticket is open.')}</p>}
      {data !== undefined && data.oldest.length > 0 && <Oldest {...{ desk, data, workflow }} />}
    </section>
  );
}

function Oldest({ desk, data, workflow }: { desk: Desk; data: Ageing; workflow: Workflow | undefined }) {
  const { oldest } = data;
  const workspace = desk.workspace_id;
  const person = usePeople(desk, [...new Set(oldest.flatMap(({ assignee_id }) => assignee_id ?? []))]);
  const names = useQueries({ queries: oldest.map(({ id }) => ticketNameQuery(workspace, id)) });
  const longest = Math.max(...oldest.map(({ in_status_s }) => in_status_s));
  return (
    <div className="figure-table" tabIndex={0} role="group" aria-labelledby="ageing">
      <table className="ageing">
        <thead>
          <tr>
            <th scope="col">{t('Ticket')}</th>
            <th scope="col">{t('In its status')}</th>
            <th scope="col">{t('Status')}</th>
            <th scope="col">{t('Assignee')}</th>
            <th scope="col">{t('Age')}</th>
          </tr>
        </thead>
        <tbody>
          {oldest.map(({ id, key, status, assignee_id, in_status_s, age_s }, index) => {
            const found = workflow?.statuses.find((one) => one.key === status);
            return (
              <tr key={id}>
                <th scope="row">
                  <Link to="/w/$workspace/t/$ticket" params={{ workspace, ticket: key }}>
                    <span className="figures">{key}</span> {names[index]?.data?.title}
                  </Link>
                </th>
                <td>
                  <span className="ageing-time">{durationOf(in_status_s)}</span>
                  <svg className="ageing-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                    <rect width={Math.max(1, (100 * in_status_s) / Math.max(1, longest))} height="8" />
                  </svg>
                </td>
                <td>
                  <span className="with-icon">
                    <StatusIcon category={found?.category ?? 'todo'} /> {found?.name ?? status.replaceAll('_', ' ')}
                  </span>
                </td>
                <td>
                  {assignee_id === null ? (
                    t('Nobody')
                  ) : (
                    <span className="with-icon">
                      <Avatar id={assignee_id} name={person(assignee_id) ?? ' '} /> {person(assignee_id)}
                    </span>
                  )}
                </td>
                <td>{durationOf(age_s)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
