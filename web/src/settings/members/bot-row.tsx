import { useQueryClient } from '@tanstack/react-query';
import type { Bot } from 'baton-sdk';
import { useState } from 'react';
import { botPages, removeBot, updateBot } from '../../api/members.ts';
import { isCode } from '../../api/problems.ts';
import { roleNames } from '../../api/words.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx';
import { t } from '../../ui/text.ts';
import { Time } from '../../ui/time.tsx';
import { toast } from '../../ui/toast.tsx';
import { tellFailure } from '../acts.ts';
import { focusSection } from '../frame.tsx';
import { NameForm } from '../name-form.tsx';
import { BotTokens } from '../tokens/bot-tokens.tsx';
import { CreateToken } from '../tokens/create-dialog.tsx';
import { RoleSelect } from './role-select.tsx';

interface BotRowProps {
  workspace: string;
  bot: Bot;
  may: boolean;
}

/** A bot: its name, role and tokens, and a button to remove it. */
export function BotRow({ workspace, bot, may }: BotRowProps) {
  const { id, name, role, created_at } = bot;
  const [opened, setOpened] = useState<'token' | 'name' | 'remove'>();
  const queries = useQueryClient();
  const renew = () => queries.invalidateQueries({ queryKey: ['members'] });
  const close = () => setOpened(undefined);
  const change = async (next: string) => {
    try {
      await updateBot(bot, workspace, { role: next === 'viewer' ? 'viewer' : 'member' });
      toast({ text: t('{name} is {role} now', { name, role: roleNames([next]) }) });
    } catch (error) {
      const what = isCode(error, 'conflict')
        ? t('{name} was changed by somebody else meanwhile: the list shows it now.', { name })
        : t('The role of {name} is as it was.', { name });
      tellFailure(what, error);
    }
    await renew();
  };
  return (
    <li className="settings-entry">
      <Avatar id={id} name={name} />
      <div className="entry-what">
        <strong>{name}</strong>
        <span className="entry-more">
          {t('created')} <Time at={created_at} />
        </span>
      </div>
      <div className="entry-acts">
        <RoleSelect
          label={t('Role of {name}', { name })}
          value={role}
          among={['member', 'viewer']}
          may={() => true}
          disabled={!may}
          onChange={(next) => void change(next)}
        />
        {may && (
          <Menu align="end" trigger={<IconButton icon="more" label={t('More about {name}', { name })} />}>
            <MenuItem icon="key" onSelect={() => setOpened('token')}>
              {t('New token…')}
            </MenuItem>
            <MenuItem onSelect={() => setOpened('name')}>{t('Rename…')}</MenuItem>
            <MenuLine />
            <MenuItem icon="close" onSelect={() => setOpened('remove')}>
              {t('Remove…')}
            </MenuItem>
          </Menu>
        )}
      </div>
      <BotTokens workspace={workspace} bot={id} />
      {opened === 'token' && <CreateToken workspace={workspace} bot={bot} onClose={close} />}
      {opened === 'name' && <Rename workspace={workspace} bot={bot} onClose={close} />}
      {opened === 'remove' && <Remove workspace={workspace} bot={bot} onClose={close} />}
    </li>
  );
}

interface AskProps {
  workspace: string;
  bot: Bot;
  onClose: () => void;
}

function Rename({ workspace, bot, onClose }: AskProps) {
  const queries = useQueryClient();
  const read = async () => {
    const { pages } = await queries.fetchInfiniteQuery({ ...botPages(workspace), staleTime: 0 });
    return pages.flatMap(({ data }) => data).find(({ id }) => id === bot.id) ?? bot;
  };
  return (
    <Dialog open title={t('Rename {name}', { name: bot.name })} onClose={onClose}>
      <NameForm
        label={t('Name')}
        now={bot}
        save={({ name, version }) => updateBot({ id: bot.id, version }, workspace, { name })}
        read={read}
        onSaved={() => {
          onClose();
          void queries.invalidateQueries({ queryKey: ['members'] });
        }}
      />
    </Dialog>
  );
}

function Remove({ workspace, bot: { id, name }, onClose }: AskProps) {
  const queries = useQueryClient();
  const remove = async () => {
    await removeBot(workspace, id);
    onClose();
    toast({ text: t('{name} is removed', { name }) });
    await Promise.all(['members', 'tokens'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    focusSection('bots');
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
        <li>{t('All its tokens end at once: programs that use them are refused.')}</li>
        <li>{t('Its tickets become unassigned; each has an entry about it in its history.')}</li>
        <li>{t('What it did stays, under its name. It can’t be invited again; a new bot is another one.')}</li>
      </ul>
    </Confirm>
  );
}
