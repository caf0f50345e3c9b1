import { useState } from 'react';
import { prefer, preferences } from '../store/preferences.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { shownKeys } from './keys.ts';
import { helping } from './opened.ts';
import { type CommandId, commands, type Section } from './registry.ts';
import { holderOf, isRemappable, keysOf, remap, writtenAs } from './remap.ts';
import './commands.css';

const sections: Record<Section, () => string> = {
  everywhere: () => t('Everywhere'),
  inbox: () => t('In the inbox'),
  lists: () => t('In a list'),
  ticket: () => t('A ticket, or the selected'),
  writing: () => t('While writing'),
};

const with_keys = (Object.keys(commands) as CommandId[]).filter((id) => commands[id].keys !== undefined);

/** Lists every command that has keys, by section; the keys can be changed here. */
export default function Help() {
  return (
    <Dialog open wide title={t('Keys')} onClose={() => helping.set(false)}>
      <SingleKeys />
      {(Object.keys(sections) as Section[]).map((section) => {
        const ids = with_keys.filter((id) => commands[id].section === section);
        return ids.length > 0 && <KeyTable key={section} name={sections[section]()} ids={ids} />;
      })}
    </Dialog>
  );
}

function SingleKeys() {
  const { single_keys } = useCell(preferences);
  return (
    <label className="single-keys">
      <input
        type="checkbox"
        checked={single_keys}
        onChange={(event) => prefer({ single_keys: event.currentTarget.checked })}
      />
      {t('Single keys run commands. Switch this off if you dictate, or if you press them by accident.')}
    </label>
  );
}

function KeyTable({ name, ids }: { name: string; ids: readonly CommandId[] }) {
  return (
    <table className="keys">
      <caption>{name}</caption>
      <tbody>
        {ids.map((id) => (
          <KeyRow key={id} id={id} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRow({ id }: { id: CommandId }) {
  useCell(preferences);
  const keys = keysOf(id) ?? '';
  return (
    <tr>
      <th scope="row">{commands[id].name()}</th>
      <td>
        {shownKeys(keys)
          .split(' ')
          .map((press) => (
            <kbd key={press}>{press}</kbd>
          ))}
      </td>
      <td className="keys-change">{isRemappable(id) && <Change id={id} />}</td>
    </tr>
  );
}

/** Waits for a key press and assigns it to the command. */
function Change({ id }: { id: CommandId }) {
  const [asking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const name = commands[id].name();
  const take = (event: React.KeyboardEvent) => {
    if (!asking || ['Tab', 'Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) return;
    // Otherwise Escape would close the dialog.
    event.preventDefault();
    event.stopPropagation();
    const keys = writtenAs(event);
    const holder = keys === undefined ? undefined : holderOf(keys, id);
    if (keys === undefined && event.key !== 'Escape') return setRefusal(t('Press a letter, a digit or a sign.'));
    if (holder !== undefined) return setRefusal(t('{name} has it.', { name: commands[holder].name() }));
    if (keys !== undefined) remap(id, keys);
    setAsking(false);
    setRefusal(undefined);
  };
  return (
    <>
      <Button
        kind="quiet"
        aria-label={asking ? t('Press a key for: {name}', { name }) : t('Change the key of: {name}', { name })}
        onClick={() => setAsking(!asking)}
        onKeyDown={take}
        onBlur={() => setAsking(false)}
      >
        {asking ? t('Press a key') : t('Change')}
      </Button>
      {keysOf(id) !== commands[id].keys && (
        <Button kind="quiet" aria-label={t('Reset the key of: {name}', { name })} onClick={() => remap(id, undefined)}>
          {t('Reset')}
        </Button>
      )}
      <span role="status" className="keys-refusal">
        {refusal}
      </span>
    </>
  );
}
