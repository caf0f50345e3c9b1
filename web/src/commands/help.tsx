import { prefer, preferences } from '../store/preferences.ts';
import { Dialog } from '../ui/dialog.tsx';
import { t } from '../ui/text.ts';
import { useCell } from '../ui/use-cell.ts';
import { shownKeys } from './keys.ts';
import { helping } from './opened.ts';
import { type Command, commands, type Section } from './registry.ts';
import './commands.css';

const sections: Record<Section, () => string> = {
  everywhere: () => t('Everywhere'),
  inbox: () => t('In the inbox'),
  lists: () => t('In a list'),
  ticket: () => t('A ticket, or the selected'),
  writing: () => t('While writing'),
};

/** Every command that has keys, by where it works. */
export default function Help() {
  const with_keys = Object.values(commands).filter(({ keys }) => keys !== undefined);
  return (
    <Dialog open wide title={t('Keys')} onClose={() => helping.set(false)}>
      <SingleKeys />
      {Object.entries(sections).map(([section, name]) => {
        const of_section = with_keys.filter((command) => command.section === section);
        return of_section.length > 0 && <KeyTable key={section} name={name()} rows={of_section} />;
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

function KeyTable({ name, rows }: { name: string; rows: readonly Command[] }) {
  return (
    <table className="keys">
      <caption>{name}</caption>
      <tbody>
        {rows.map((command) => (
          <tr key={command.keys}>
            <th scope="row">{command.name()}</th>
            <td>
              {shownKeys(command.keys ?? '')
                .split(' ')
                .map((press) => (
                  <kbd key={press}>{press}</kbd>
                ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
