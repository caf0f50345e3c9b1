import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Member } from 'baton-sdk';
import { removeMember } from '../../api/members.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { toast } from '../../ui/toast.tsx';
import { focusSection } from '../frame.tsx';

interface RemoveMemberProps {
  workspace: string;
  member: Member;
  onClose: () => void;
}

/** Asks before a member is removed, and says what happens to their tickets. */
export function RemoveMember({ workspace, member: { user_id, name }, onClose }: RemoveMemberProps) {
  const queries = useQueryClient();
  const remove = async () => {
    await removeMember(workspace, user_id);
    onClose();
    toast({ text: t('{name} is removed', { name }) });
    await Promise.all(
      ['members', 'tokens', 'invitations'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
    );
    focusSection('people');
  };
  return (
    <Confirm
      title={t('Remove {name}?', { name })}
      act={t('Remove')}
      acting={t('Removing…')}
      onConfirm={remove}
      onClose={onClose}
    >
      <ul>
        <li>{t('{name} can see and change nothing here any more, from the next request on.', { name })}</li>
        <li>
          {t('Their tickets become unassigned; each has an entry about it in its history.')}{' '}
          <Link to="/w/$workspace/list" params={{ workspace }} search={{ assignee: user_id }}>
            {t('Look at their tickets')}
          </Link>
        </li>
        <li>
          {t('Their API tokens end permanently, and invitations that they sent and nobody has accepted are revoked.')}
        </li>
        <li>{t('What they wrote stays, under their name.')}</li>
      </ul>
    </Confirm>
  );
}
