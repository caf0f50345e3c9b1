import { roleNames } from '../../api/words.ts';
import { t } from '../../ui/text.ts';
import { Section } from '../frame.tsx';
import { roles } from './rights.ts';

const meanings: Record<(typeof roles)[number], () => string> = {
  owner: () =>
    t('Everything that admins may; also deletes the workspace, deletes texts permanently, and appoints owners.'),
  admin: () =>
    t(
      'Everything that members may; also people, bots, projects, workflows, webhooks, tokens of others, and the audit log.',
    ),
  member: () => t('Creates, edits, assigns, moves and deletes tickets, comments and reacts.'),
  viewer: () => t('Reads everything that members may read, and changes nothing but their own settings and tokens.'),
};

/** What each role may do. */
export const RoleWords = () => (
  <Section title={t('What the roles may do')}>
    <dl className="about">
      {roles.map((role) => (
        <div key={role} className="about-one">
          <dt>{roleNames([role])}</dt>
          <dd>{meanings[role]()}</dd>
        </div>
      ))}
    </dl>
  </Section>
);
