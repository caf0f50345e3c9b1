import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { auditQuery } from '../api/audit.ts';
import { policyQuery } from '../api/policy.ts';
import { ticketNameQuery } from '../api/ticket-names.ts';
import type { Desk } from '../desk/desk.ts';
import { useDesk, useLive, useRole } from '../desk/use-desk.ts';
import { useMay } from '../desk/use-may.ts';
import { Empty, Skeleton } from '../ui/states.tsx';
import { t } from '../ui/text.ts';
import { Title } from '../ui/title.tsx';
import { EntryList } from './entry-list.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type AuditAddress, filterOf, isId, readAddress } from './filters.ts';
import { LogPanel } from './log-panel.tsx';
import './audit.css';

/** `/w/W/audit`: who did what, and whether anybody has changed the log since. */
export function Page() {
  const desk = useDesk();
  useLive(desk);
  const { may, why } = useMay(desk, 'list_audit');
  const role = useRole(desk);
  const policy = useQuery(policyQuery());
  // Wait until the role is known: otherwise the server might refuse the request.
  const is_known = role !== undefined && !policy.isPending;
  return (
    <div className="audit">
      <Title>{t('Audit log')}</Title>
      {!is_known && <Skeleton label={t('Loading the audit log…')} />}
      {is_known && may && <Log key={desk.workspace_id} desk={desk} />}
      {is_known && !may && <Empty title={t('The audit log is for admins')} says={why} />}
    </div>
  );
}

function Log({ desk }: { desk: Desk }) {
  const workspace = desk.workspace_id;
  const address = readAddress(useSearch({ strict: false }));
  const navigate = useNavigate();
  const change = (changed: AuditAddress) => {
    const search = Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
    void navigate({ to: '/w/$workspace/audit', params: { workspace }, search });
  };
  const subject = useSubject(workspace, address.thing);
  const query = useInfiniteQuery({
    ...auditQuery(workspace, filterOf(address, subject.id)),
    enabled: !subject.is_asking && !subject.is_missing,
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <LogPanel workspace={workspace} />
      <FilterBar desk={desk} address={address} change={change} />
      {address.thing !== undefined && (
        <p className="muted">
          {t(
            'These entries are about the thing itself. Comments have entries of their own: a ticket’s activity shows its comments.',
          )}
        </p>
      )}
      {subject.is_missing ? (
        <Empty
          title={t('There is no {thing}', { thing: address.thing ?? '' })}
          says={t('A ticket that was deleted has no key any more: search for it by its id.')}
        />
      ) : (
        <EntryList {...{ desk, query, address, change }} />
      )}
    </>
  );
}

/** Resolves a ticket's key to its id, because the API finds entries only by ids. */
function useSubject(workspace: string, thing: string | undefined) {
  const is_key = thing !== undefined && !isId(thing);
  const { data, isPending } = useQuery({ ...ticketNameQuery(workspace, thing ?? ''), enabled: is_key });
  return {
    id: is_key ? data?.id : thing,
    is_asking: is_key && isPending,
    is_missing: is_key && data === null,
  };
}
