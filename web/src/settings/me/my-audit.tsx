import type { AccountAuditEntry } from 'baton-sdk';
import { myAuditPages } from '../../api/me.ts';
import { Badge } from '../../ui/badge.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { Section } from '../frame.tsx';
import { Paged } from '../paged.tsx';
import { detailOf, isAlarming, sentenceOf } from './account-words.ts';

/** The security events of the account. */
export const MyAudit = () => (
  <Section title={t('What happened to your account')}>
    <Paged
      query={myAuditPages()}
      loading={t('Loading what happened…')}
      failed={t('What happened could not be loaded')}
      none={<p className="nothing">{t('Nothing yet.')}</p>}
    >
      {(entries) => (
        <ul className="settings-entries entries-tight" aria-label={t('What happened to your account')}>
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </Paged>
  </Section>
);

function Row({ entry: { action, detail, ip, created_at } }: { entry: AccountAuditEntry }) {
  const more = [detailOf(detail), ip ?? ''].filter((part) => part !== '').join(' · ');
  return (
    <li className="settings-entry">
      <div className="entry-what">
        <span>
          {sentenceOf(action)} {isAlarming(action) && <Badge kind="warn">{t('Look')}</Badge>}
        </span>
        {more !== '' && <span className="entry-more">{more}</span>}
      </div>
      <span className="entry-more">
        <Time at={created_at} />
      </span>
    </li>
  );
}
