import { Link } from '@tanstack/react-router';
import type { AuditEntry } from 'baton-sdk';
import { useState } from 'react';
import { dateLanguage, timeZone } from '../store/preferences.ts';
import { Avatar } from '../ui/avatar.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { exactOf } from '../ui/dates.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/text.ts';
import { changedFields, fieldName, valueOf } from './fields.ts';
import type { AuditAddress } from './filters.ts';
import { Proof } from './proof-panel.tsx';
import { saidByEntry, ticketOf } from './said.ts';
import type { Names } from './use-names.ts';

interface RowProps {
  workspace: string;
  entry: AuditEntry;
  names: Names;
  address: AuditAddress;
  change: (changed: AuditAddress) => void;
}

const timeOf = (at: Date) => at.toLocaleTimeString(dateLanguage(), { hourCycle: 'h23', timeZone: timeZone() });

/** One entry of the log: a sentence that says what happened and, on request, all of its data. */
export function EntryRow(props: RowProps) {
  const { entry, names } = props;
  const [is_open, setOpen] = useState(false);
  const at = new Date(entry.created_at);
  return (
    <li className="entry">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="entry-line">
          <Icon name="forward" />
          <time className="entry-time figures" dateTime={entry.created_at} title={exactOf(at)}>
            {timeOf(at)}
          </time>
          <Avatar id={entry.actor_id} name={names.person(entry.actor_id)} />
          <span className="entry-says">{saidByEntry(entry, names)}</span>
          <code className="entry-action">{entry.action}</code>
        </summary>
        {is_open && <Details {...props} />}
      </details>
    </li>
  );
}

function Details({ workspace, entry, names, address, change }: RowProps) {
  const ticket_id = ticketOf(entry);
  const key = ticket_id === undefined ? undefined : names.ticketKey(ticket_id);
  const { actor_id, on_behalf_of, token_id, subject_id, request_id, sequence, created_at } = entry;
  return (
    <div className="entry-details">
      <Changes entry={entry} names={names} />
      <dl className="facts">
        <dt>{t('Number')}</dt>
        <dd className="figures">{sequence ?? t('it gets one in a moment')}</dd>
        <dt>{t('When')}</dt>
        <dd>
          {exactOf(new Date(created_at))} <code>{created_at}</code>
        </dd>
        <dt>{t('By')}</dt>
        <dd>
          {names.person(actor_id)}
          {token_id !== null && <> {t('with an API token')}</>}
          {on_behalf_of !== null && <> {t('on behalf of {name}', { name: names.person(on_behalf_of) })}</>}
        </dd>
        <dt>{t('Request')}</dt>
        <dd>
          <code>{request_id}</code> <CopyButton kind="quiet" text={request_id} of={t('the request’s id')} />
        </dd>
        <dt>{t('Thing')}</dt>
        <dd>
          <code>{subject_id}</code>
        </dd>
      </dl>
      <p className="log-acts">
        {key !== undefined && (
          <Link to="/w/$workspace/t/$ticket" params={{ workspace, ticket: key }} className="button button-quiet">
            {t('Open {key}', { key })}
          </Link>
        )}
        <button type="button" className="button button-quiet" onClick={() => change({ ...address, actor: actor_id })}>
          {t('Only what {name} did', { name: names.person(actor_id) })}
        </button>
        <button type="button" className="button button-quiet" onClick={() => change({ ...address, thing: subject_id })}>
          {t('Only this thing')}
        </button>
      </p>
      <Proof workspace={workspace} entry={entry} />
    </div>
  );
}

/** The changed fields before and after. */
function Changes({ entry: { before, after }, names }: Pick<RowProps, 'entry' | 'names'>) {
  const changed = changedFields(before, after);
  if (changed.length === 0) return <p className="muted">{t('The log has nothing more of it.')}</p>;
  return (
    <div className="entry-changes">
      <table>
        <thead>
          <tr>
            <th scope="col">{t('Field')}</th>
            {before !== null && <th scope="col">{t('Before')}</th>}
            {after !== null && <th scope="col">{t('After')}</th>}
          </tr>
        </thead>
        <tbody>
          {changed.map(({ field, ...values }) => (
            <tr key={field}>
              <th scope="row">{fieldName(field)}</th>
              {before !== null && <td>{valueOf(field, values.before, names.person)}</td>}
              {after !== null && <td>{valueOf(field, values.after, names.person)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
