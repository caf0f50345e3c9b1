import { useQueryClient } from '@tanstack/react-query';
import type { Member, Role } from 'baton-sdk';
import { useState } from 'react';
import { changeRole } from '../../api/members.ts';
import { isCode } from '../../api/problems.ts';
import { roleNames } from '../../api/words.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { tellFailure } from '../acts.ts';
import { RemoveMember } from './remove-member.tsx';
import { isLess, mayGive, mayTouch, roles } from './rights.ts';
import { RoleSelect } from './role-select.tsx';

interface MemberRowProps {
  workspace: string;
  member: Member;
  own_role: string;
  is_own: boolean;
}

/** Returns a function that changes a role, and says so if somebody else has changed it in the meantime. */
function useChangeRole(workspace: string, member: Member) {
  const queries = useQueryClient();
  const { name } = member;
  return async (role: Role) => {
    try {
      await changeRole(member, workspace, role);
      toast({ text: t('{name} is {role} now', { name, role: roleNames([role]) }) });
    } catch (error) {
      const what = isCode(error, 'conflict')
        ? t('The role of {name} was changed by somebody else meanwhile: the list shows it now.', { name })
        : t('The role of {name} is as it was.', { name });
      tellFailure(what, error);
    }
    // Reload the workspaces as well, because a change of the person's own role changes what the pages show.
    await Promise.all(['members', 'workspaces'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
}

/** A member: their name, address and role, and a button to remove them. */
export function MemberRow({ workspace, member, own_role, is_own }: MemberRowProps) {
  const { user_id, name, email, role, created_at } = member;
  const [busy, setBusy] = useState(false);
  const [giving_up, setGivingUp] = useState<Role>();
  const [removing, setRemoving] = useState(false);
  const change = useChangeRole(workspace, member);
  const between = { own: own_role, of: role };
  const may = mayTouch(between);
  const choose = async (next: Role) => {
    if (is_own && isLess(next, role)) return setGivingUp(next);
    setBusy(true);
    await change(next);
    setBusy(false);
  };
  return (
    <li className="settings-entry">
      <Avatar id={user_id} name={name} />
      <div className="entry-what">
        <strong>
          {name} {is_own && <Badge>{t('You')}</Badge>}
        </strong>
        <span className="entry-more">
          {email} · {t('joined')} <Time at={created_at} />
        </span>
      </div>
      <div className="entry-acts">
        <RoleSelect
          label={t('Role of {name}', { name })}
          value={role}
          among={roles}
          may={(given) => mayGive(between, given)}
          disabled={busy || !may}
          onChange={(next) => void choose(next)}
        />
        {!is_own && (
          <Button
            kind="quiet"
            disabled={!may}
            onClick={() => setRemoving(true)}
            aria-label={t('Remove {name}', { name })}
          >
            {t('Remove')}
          </Button>
        )}
      </div>
      {own_role === 'admin' && role === 'owner' && (
        <p className="entry-why">{t('Only owners may change or remove an owner.')}</p>
      )}
      {removing && <RemoveMember workspace={workspace} member={member} onClose={() => setRemoving(false)} />}
      {giving_up !== undefined && (
        <Confirm
          title={t('Give up your role?')}
          act={t('Become {role}', { role: roleNames([giving_up]) })}
          acting={t('Changing…')}
          onConfirm={async () => {
            await change(giving_up);
            setGivingUp(undefined);
          }}
          onClose={() => setGivingUp(undefined)}
        >
          <p>
            {t('You are {role}. Once you have given that up, somebody else must give it back to you.', {
              role: roleNames([role]),
            })}
          </p>
        </Confirm>
      )}
    </li>
  );
}
