import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { NotificationSettings } from 'baton-sdk';
import { useState } from 'react';
import { notificationSettingsQuery, updateNotificationSettings } from '../../api/me.ts';
import { isCode } from '../../api/problems.ts';
import { session } from '../../api/session.ts';
import { workspacesQuery } from '../../api/workspaces.ts';
import { lastPlace } from '../../store/place.ts';
import { Form } from '../../ui/form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { Failed, Skeleton } from '../../ui/states.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { useCell } from '../../ui/use-cell.ts';
import { MySettings, Section } from '../frame.tsx';
import { changedFields, changesOf, type Given, givenOf } from './notification-draft.ts';
import { KindsTable } from './kinds-table.tsx';
import { Muted } from './muted.tsx';
import { QuietHours } from './quiet-hours.tsx';

/** `/me/notifications?workspace=W`: which events of a workspace the person is notified of, and how. */
export function Page() {
  const { data: workspaces } = useQuery(workspacesQuery());
  const { workspace: asked } = useSearch({ strict: false });
  const navigate = useNavigate();
  const wanted = asked ?? lastPlace()?.workspace;
  const chosen = workspaces?.find(({ id }) => id === wanted) ?? workspaces?.[0];
  return (
    <MySettings
      page="notifications"
      says={t('Each workspace has its own. Changes apply to what happens from then on.')}
    >
      {workspaces === undefined && <Skeleton label={t('Loading your workspaces…')} />}
      {workspaces?.length === 0 && <p className="nothing">{t('You are in no workspace.')}</p>}
      {workspaces !== undefined && chosen !== undefined && (
        <>
          <SelectField
            label={t('Workspace')}
            name="workspace"
            value={chosen.id}
            choices={workspaces.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(event) =>
              void navigate({ to: '/me/notifications', search: { workspace: event.currentTarget.value } })
            }
          />
          <InWorkspace key={chosen.id} workspace={chosen.id} />
        </>
      )}
    </MySettings>
  );
}

function InWorkspace({ workspace }: { workspace: string }) {
  const { data, error, refetch } = useQuery(notificationSettingsQuery(workspace));
  if (data === undefined && error !== null)
    return <Failed what={t('The settings could not be loaded')} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton label={t('Loading the settings…')} />;
  return <Settings workspace={workspace} now={data} />;
}

function Settings({ workspace, now }: { workspace: string; now: NotificationSettings }) {
  const [seen, setSeen] = useState(now);
  const [given, setGiven] = useState(givenOf(now));
  const queries = useQueryClient();
  // The form is unchanged, so it shows what another tab has saved.
  if (now.version > seen.version && changedFields(givenOf(seen), given).length === 0) {
    setSeen(now);
    setGiven(givenOf(now));
  }
  const change = (changes: Partial<Given>) => setGiven({ ...given, ...changes });
  const send = async (on: NotificationSettings) => {
    const saved = await updateNotificationSettings(workspace, {
      ...changesOf(givenOf(seen), given),
      version: on.version,
    });
    queries.setQueryData(notificationSettingsQuery(workspace).queryKey, saved);
    setSeen(saved);
    setGiven(givenOf(saved));
    toast({ text: t('Your notification settings are saved') });
  };
  const save = async () => {
    try {
      await send(seen);
    } catch (error) {
      if (!isCode(error, 'conflict')) throw error;
      // Both tabs belong to the same person: keep what the other saved, and apply these changes on top.
      await send(await queries.fetchQuery({ ...notificationSettingsQuery(workspace), staleTime: 0 }));
    }
  };
  return (
    <Form className="sections" submit={t('Save')} sending={t('Saving…')} onSubmit={save}>
      <Section title={t('What you are notified of')}>
        <NotConfirmed />
        <KindsTable given={given} onChange={change} />
      </Section>
      <Section
        title={t('Quiet hours')}
        says={t('No notification is mailed between these times. They are mailed at the end.')}
      >
        <QuietHours chosen={given.quiet_hours} onChange={(quiet_hours) => change({ quiet_hours })} />
      </Section>
      <Section
        title={t('Muted projects')}
        says={t('In these projects, you are notified only when you are assigned or mentioned.')}
      >
        <Muted
          workspace={workspace}
          chosen={given.muted_project_ids}
          onChange={(muted_project_ids) => change({ muted_project_ids })}
        />
      </Section>
    </Form>
  );
}

/** Nothing is mailed to an address that nobody has confirmed. */
function NotConfirmed() {
  const who = useCell(session);
  if (!('user' in who) || who.user.email_confirmed_at !== null) return null;
  return (
    <p className="why">
      <Icon name="warning" />{' '}
      <span>
        {t('Your address is not confirmed: nothing is mailed to it yet.')}{' '}
        <Link to="/me/profile">{t('Confirm it in your profile')}</Link>
      </span>
    </p>
  );
}
