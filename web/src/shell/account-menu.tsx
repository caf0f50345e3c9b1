import { session } from '../api/session.ts';
import { shownKeys } from '../commands/keys.ts';
import { commands, run } from '../commands/registry.ts';
import { keysOf } from '../commands/remap.ts';
import { prefer, preferences } from '../store/preferences.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/menu.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';

/** The menu with the account, the look of the console, and signing out. */
export function AccountMenu() {
  const who = useCell(session);
  const { theme, density } = useCell(preferences);
  if (!('user' in who)) return null;
  const { id, name, email } = who.user;
  const trigger = (
    <button type="button" className="icon-button account-button" aria-label={t('Account of {name}', { name })}>
      <Avatar id={id} name={name} />
    </button>
  );
  return (
    <Menu trigger={trigger} align="end">
      <MenuChoice
        label={t('Theme')}
        value={theme}
        options={[
          { value: 'system', label: t('As the system') },
          { value: 'light', label: t('Light') },
          { value: 'dark', label: t('Dark') },
        ]}
        onChange={(chosen) => prefer({ theme: chosen })}
      />
      <MenuLine />
      <MenuChoice
        label={t('Rows')}
        value={density}
        options={[
          { value: 'comfortable', label: t('Comfortable') },
          { value: 'compact', label: t('Compact') },
        ]}
        onChange={(chosen) => prefer({ density: chosen })}
      />
      <MenuLine />
      <MenuItem icon="person" onSelect={() => run('my_profile')}>
        {t('Your account')}
      </MenuItem>
      <MenuItem icon="key" keys={shownKeys(keysOf('help') ?? '')} onSelect={() => run('help')}>
        {commands.help.name()}
      </MenuItem>
      <MenuItem icon="leave" onSelect={() => run('sign_out')}>
        <span className="account-leave">
          {commands.sign_out.name()} <small>{email}</small>
        </span>
      </MenuItem>
    </Menu>
  );
}
