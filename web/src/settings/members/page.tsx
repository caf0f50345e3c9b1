import { useState } from 'react';
import { memberPages } from '../../api/members.ts';
import { session } from '../../api/session.ts';
import { Empty } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { useCell } from '../../ui/use-cell.ts';
import { Section, WorkspaceSettings } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { useRole } from '../../desk/use-desk.ts';
import { useMay } from '../../desk/use-may.ts';
import { Bots } from './bots.tsx';
import { MemberRow } from './member-row.tsx';
import { RoleWords } from './role-words.tsx';

/** `/w/W/settings/members`: people and bots with their roles. */
export function Page() {
  return (
    <WorkspaceSettings page="members">
      {(workspace) => (
        <>
          <People workspace={workspace} />
          <Bots workspace={workspace} />
          <RoleWords />
        </>
      )}
    </WorkspaceSettings>
  );
}

function People({ workspace }: { workspace: string }) {
  const [query, setQuery] = useState('');
  const own_role = useRole({ workspace_id: workspace }) ?? '';
  const may = useMay({ workspace_id: workspace }, 'update_member');
  const who = useCell(session);
  const own_id = 'user' in who ? who.user.id : '';
  const none = (
    <Empty title={t('Nobody matches')} says={t('No member has a name or address with a word that begins so.')} />
  );
  return (
    <Section title={t('People')} name="people" may={may}>
      <input
        type="search"
        className="input search-field"
        aria-label={t('Find a member by name or address')}
        placeholder={t('Find by name or address')}
        autoComplete="off"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
      />
      <Paged
        query={memberPages(workspace, query.trim())}
        loading={t('Loading the members…')}
        failed={t('The members could not be loaded')}
        none={none}
      >
        {(members) => (
          <ul className="settings-entries" aria-label={t('Members')}>
            {members.map((member) => (
              <MemberRow
                key={member.user_id}
                workspace={workspace}
                member={member}
                own_role={own_role}
                is_own={member.user_id === own_id}
              />
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  );
}
