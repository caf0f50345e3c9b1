import { useQueryClient } from '@tanstack/react-query';
import type { Session } from 'baton-sdk';
import { useState } from 'react';
import { revokeSession, sessionPages } from '../../api/me.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { focusSection, MySettings, Section } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { Until } from '../until.tsx';
import { browserOf } from './browser.ts';
import { MyAudit } from './my-audit.tsx';

/** `/me/sessions`: the account's sessions and security events. */
export function Page() {
  return (
    <MySettings page="sessions">
      <Sessions />
      <MyAudit />
    </MySettings>
  );
}

function Sessions() {
  const [ending, setEnding] = useState<readonly Session[]>([]);
  return (
    <Section
      title={t('Where you are signed in')}
      name="sessions"
      says={t('If you don’t know one of them, end it, and change your password.')}
    >
      <Paged
        query={sessionPages()}
        loading={t('Loading your sessions…')}
        failed={t('Your sessions could not be loaded')}
        none={<p className="nothing">{t('There are none.')}</p>}
      >
        {(sessions) => (
          <>
            <ul className="settings-entries" aria-label={t('Sessions')}>
              {sessions.map((one) => (
                <Row key={one.id} session={one} onEnd={() => setEnding([one])} />
              ))}
            </ul>
            {sessions.filter(({ current }) => !current).length > 1 && (
              <p>
                <Button onClick={() => setEnding(sessions.filter(({ current }) => !current))}>
                  {t('End all others…')}
                </Button>
              </p>
            )}
          </>
        )}
      </Paged>
      {ending.length > 0 && <End sessions={ending} onClose={() => setEnding([])} />}
    </Section>
  );
}

function Row({ session: one, onEnd }: { session: Session; onEnd: () => void }) {
  const { current, user_agent, ip, created_at, refreshed_at, expires_at } = one;
  const name = browserOf(user_agent);
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <strong title={user_agent ?? undefined}>
          {name} {current && <Badge kind="ok">{t('This one')}</Badge>}
        </strong>
        <span className="entry-more">
          {ip !== null && `${ip} · `}
          {t('signed in')} <Time at={created_at} /> · {t('last used')} <Time at={refreshed_at} /> ·{' '}
          <Until at={expires_at} />
        </span>
      </div>
      {!current && (
        <div className="entry-acts">
          <Button kind="quiet" aria-label={t('End the session: {name}', { name })} onClick={onEnd}>
            {t('End')}
          </Button>
        </div>
      )}
    </li>
  );
}

function End({ sessions, onClose }: { sessions: readonly Session[]; onClose: () => void }) {
  const queries = useQueryClient();
  const count = sessions.length;
  const end = async () => {
    try {
      for (const { id } of sessions) await revokeSession(id);
    } finally {
      // If ending one session fails, the list must still lose those that were ended before.
      await Promise.all(['sessions', 'my-audit'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    }
    onClose();
    toast({ text: t('{count, plural, one {The session is ended} other {# sessions are ended}}', { count }) });
    focusSection('sessions');
  };
  return (
    <Confirm
      title={t('{count, plural, one {End this session?} other {End # sessions?}}', { count })}
      act={t('End')}
      acting={t('Ending…')}
      onConfirm={end}
      onClose={onClose}
    >
      <p>{t('It is signed out at once. What was typed there and not sent stays in that browser.')}</p>
      <ul>
        {sessions.map(({ id, user_agent, ip }) => (
          <li key={id}>
            {browserOf(user_agent)} {ip !== null && `(${ip})`}
          </li>
        ))}
      </ul>
    </Confirm>
  );
}
