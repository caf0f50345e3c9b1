import { t } from '../../ui/text.ts';
import { type Given, type Kind, kinds } from './notification-draft.ts';

const words: Record<Kind, () => { name: string; says: string }> = {
  assigned: () => ({ name: t('Assigned'), says: t('a ticket is assigned to you, or taken from you') }),
  mentioned: () => ({ name: t('Mentioned'), says: t('a comment mentions you') }),
  moved: () => ({ name: t('Moved'), says: t('a ticket that you watch moves to another status') }),
  commented: () => ({ name: t('Commented'), says: t('a ticket that you watch gets a comment') }),
  due: () => ({ name: t('Due'), says: t('a ticket of yours is due today') }),
  webhook_stopped: () => ({ name: t('Webhook stopped'), says: t('Baton has stopped a webhook that you may see') }),
};

interface KindsTableProps {
  given: Given;
  onChange: (changes: Partial<Given>) => void;
}

/**
 * Chooses for each kind whether it is in the inbox and whether it is mailed. A kind that is not in the inbox isn’t
 * mailed.
 */
export function KindsTable({ given: { kinds: inbox, mail }, onChange }: KindsTableProps) {
  return (
    <table className="table kinds">
      <thead>
        <tr>
          <th scope="col">{t('When')}</th>
          <th scope="col">{t('Inbox')}</th>
          <th scope="col">{t('Mail')}</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((kind) => {
          const { name, says } = words[kind]();
          return (
            <tr key={kind}>
              <th scope="row">
                {name} <span className="entry-more">{says}</span>
              </th>
              <td>
                <input
                  type="checkbox"
                  aria-label={t('{name}: in the inbox', { name })}
                  checked={inbox[kind]}
                  onChange={(event) => onChange({ kinds: { ...inbox, [kind]: event.currentTarget.checked } })}
                />
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={t('{name}: by mail', { name })}
                  title={inbox[kind] ? undefined : t('Only what is in the inbox is mailed.')}
                  checked={inbox[kind] && mail[kind]}
                  disabled={!inbox[kind]}
                  onChange={(event) => onChange({ mail: { ...mail, [kind]: event.currentTarget.checked } })}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
