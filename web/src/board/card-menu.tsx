import type { Workflow } from 'baton-sdk';
import { shownKeys } from '../commands/keys.ts';
import { type CommandId, commands, run } from '../commands/registry.ts';
import { keysOf } from '../commands/remap.ts';
import { copyLink, move, placeAt as placeTicket, type Who } from '../desk/acts.ts';
import type { Desk } from '../desk/desk.ts';
import { stepsFrom } from '../desk/steps.ts';
import type { KnownTicket } from '../store/changes.ts';
import { MenuItem, MenuLabel, MenuLine, OpenMenu } from '../ui/menu.tsx';
import { StatusIcon } from '../ui/status.tsx';
import { t } from '../ui/text.ts';
import { type Column, others, placeAt, spotOf } from './spots.ts';

interface CardMenuProps {
  desk: Desk;
  menu: { id: string; button: HTMLElement };
  workflow: Workflow;
  role: Who['role'];
  columns: readonly Column[];
  by_hand: boolean;
  /** Why the person may not change anything; undefined if they may. */
  why: string | undefined;
  onOpen: (ticket: KnownTicket) => void;
  onSelect: () => void;
  focus: (id: string) => void;
  onClose: () => void;
}

/** Returns the keys of a command as people read them. */
function shown(command: CommandId): string | undefined {
  const keys = keysOf(command);
  return keys === undefined ? undefined : shownKeys(keys);
}

/** The menu of a card, with everything that can be done without dragging. All cards share this one menu. */
export default function CardMenu(props: CardMenuProps) {
  const { desk, menu, workflow, role, columns, by_hand, why, onOpen, onSelect, focus, onClose } = props;
  const { id, button } = menu;
  const ticket = desk.tickets.shown(id);
  const spot = spotOf(columns, id);
  if (ticket === undefined || spot === undefined) return null;
  const rows = columns.find(({ status }) => status === spot.status)?.rows ?? [];
  const last = others(rows, id).length;
  const put = (index: number, said: string) =>
    placeTicket(desk, ticket, placeAt(rows, index, id), { said, was: placeAt(rows, spot.index, id) });
  const { key } = ticket;
  const steps = stepsFrom(workflow, ticket);
  // Focuses the card first, because the commands act on the focused card.
  const act = (command: 'assign' | 'priority' | 'labels' | 'due') => {
    focus(id);
    run(command);
  };
  return (
    <OpenMenu anchor={button} align="end" onOpenChange={(open) => !open && onClose()}>
      <MenuItem keys={shown('open')} onSelect={() => onOpen(ticket)}>
        {t('Open')}
      </MenuItem>
      <MenuItem keys={shown('copy_link')} onSelect={() => copyLink(desk, ticket)}>
        {t('Copy the address')}
      </MenuItem>
      <MenuItem keys={shown('select')} onSelect={onSelect}>
        {t('Select')}
      </MenuItem>
      <MenuLine />
      <MenuLabel>{why ?? t('Move to')}</MenuLabel>
      {why === undefined &&
        steps.map((step) => (
          <MenuItem key={step.to} onSelect={() => move(desk, ticket, step, { role, workflow })}>
            <StatusIcon category={step.category} />{' '}
            {step.missing.length > 0 ? t('{name}…', { name: step.name }) : step.name}
          </MenuItem>
        ))}
      {why === undefined && by_hand && (
        <>
          <MenuItem disabled={spot.index === 0} onSelect={() => put(0, t('{key} is at the top', { key }))}>
            {t('Top of the column')}
          </MenuItem>
          <MenuItem disabled={spot.index === 0} onSelect={() => put(spot.index - 1, t('{key} is one higher', { key }))}>
            {t('One higher')}
          </MenuItem>
          <MenuItem
            disabled={spot.index === last}
            onSelect={() => put(spot.index + 1, t('{key} is one lower', { key }))}
          >
            {t('One lower')}
          </MenuItem>
        </>
      )}
      {why === undefined && (
        <>
          <MenuLine />
          {(['assign', 'priority', 'labels', 'due'] as const).map((command) => (
            <MenuItem key={command} keys={shown(command)} onSelect={() => act(command)}>
              {commands[command].name()}
            </MenuItem>
          ))}
        </>
      )}
    </OpenMenu>
  );
}
