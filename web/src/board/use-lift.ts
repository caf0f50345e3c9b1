import { useState } from 'react';
import type { KnownTicket } from '../store/changes.ts';
import { t } from '../ui/text.ts';
import { type Direction, isBack, type Lift, moveLift, type Rules } from './lift.ts';
import { others, type Spot, spotOf } from './spots.ts';

interface Parts {
  rules: (id: string) => Rules;
  ticketOf: (id: string) => KnownTicket | undefined;
  nameOf: (status: string) => string;
  /** Why a ticket can't be put into a column. */
  refuses: (id: string, status: string) => string | undefined;
  say: (text: string) => void;
  put: (id: string, spot: Spot) => void;
  /** Returns the focus to the card, in the column that now contains it. */
  focus: (id: string, status: string) => void;
}

const directions: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'before',
  ArrowRight: 'after',
  k: 'up',
  j: 'down',
};

/** Moves a card with the keyboard: Space lifts it, arrows move it, Space or Enter puts it down, Escape puts it back. */
export function useLift({ rules, ticketOf, nameOf, refuses, say, put, focus }: Parts) {
  const [lift, setLift] = useState<Lift | undefined>(undefined);

  const where = ({ id, to }: Lift): string => {
    const { columns, by_hand } = rules(id);
    const of = others(columns.find(({ status }) => status === to.status)?.rows ?? [], id).length + 1;
    const name = nameOf(to.status);
    return by_hand ? t('{name}, place {place} of {of}', { name, place: to.index + 1, of }) : name;
  };
  const begin = (id: string) => {
    const [ticket, from] = [ticketOf(id), spotOf(rules(id).columns, id)];
    if (ticket === undefined || from === undefined) return;
    const next = { id, from, to: from };
    setLift(next);
    const keys = t('Arrows move it, Space puts it down, Escape puts it back.');
    say(`${t('{key} lifted: {where}.', { key: ticket.key, where: where(next) })} ${keys}`);
  };
  const move = (now: Lift, direction: Direction) => {
    const { lift: next, passed } = moveLift(now, direction, rules(now.id));
    const whys = passed.map((status) => refuses(now.id, status)).filter((why) => why !== undefined);
    const is_moved = next !== now;
    if (is_moved) setLift(next);
    const said = is_moved ? [...whys, `${where(next)}.`] : whys;
    say(said.length > 0 ? said.join(' ') : t('It goes no further.'));
    focus(now.id, next.to.status);
  };
  const end = (now: Lift, is_put: boolean) => {
    const key = ticketOf(now.id)?.key ?? '';
    setLift(undefined);
    const is_back = !is_put || isBack(now, rules(now.id).by_hand);
    if (is_back) say(t('{key} is back in its place.', { key }));
    else {
      say(t('{key} put down: {where}.', { key, where: where(now) }));
      put(now.id, now.to);
    }
    focus(now.id, is_back ? now.from.status : now.to.status);
  };
  /** Handles a key while a card is lifted. Returns whether the key was for the card. */
  const press = (event: React.KeyboardEvent): boolean => {
    if (lift === undefined || event.altKey || event.ctrlKey || event.metaKey) return false;
    const direction = directions[event.key];
    if (direction !== undefined) move(lift, direction);
    else if (event.key === ' ' || event.key === 'Enter') end(lift, true);
    else if (event.key === 'Escape') end(lift, false);
    else if (event.key === 'Tab') {
      end(lift, false);
      return false;
    } else if (event.key.length > 1) return false; // leave keys such as F5 to the browser, but not letters, which would run commands
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const cancel = () => {
    if (lift !== undefined) end(lift, false);
  };
  return { lift, begin, press, cancel };
}
