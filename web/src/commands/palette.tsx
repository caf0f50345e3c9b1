import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { viewsQuery } from '../api/views.ts';
import { projectsQuery } from '../api/workspaces.ts';
import type { Place } from '../store/place.ts';
import { isComposing } from '../ui/composing.ts';
import { Dialog } from '../ui/dialog.tsx';
import { t } from '../ui/text.ts';
import { shownKeys } from './keys.ts';
import { searching } from './opened.ts';
import { available, commands, run } from './registry.ts';
import { keysOf } from './remap.ts';
import { type Found, matching, ticketKeyIn } from './search.ts';
import { enter, takeTyped } from './typed-ahead.ts';
import './commands.css';

const close = () => searching.set(false);

/** Returns the results for a text: the ticket with that key, then commands, views and projects. */
function useFound(place: Place | undefined, query: string): Found[] {
  const navigate = useNavigate();
  const { workspace = '' } = place ?? {};
  const { data: projects = [] } = useQuery({ ...projectsQuery(workspace), enabled: workspace !== '' });
  const ticket = place && ticketKeyIn(query, place.project);
  const acts = available()
    .filter((id) => id !== 'palette')
    .map((id): Found => {
      const keys = keysOf(id);
      return { id, name: commands[id].name(), hint: keys && shownKeys(keys), run: () => run(id) };
    });
  const places = projects.map(
    ({ key, name }): Found => ({
      id: key,
      name: t('Go to {name}', { name }),
      hint: key,
      run: () => void navigate({ to: '/w/$workspace/p/$project/board', params: { workspace, project: key } }),
    }),
  );
  const { data: views = [] } = useQuery({ ...viewsQuery(workspace), enabled: workspace !== '' });
  const named = views.map(
    ({ id, name }): Found => ({
      id,
      name: t('Open the view {name}', { name }),
      run: () => void navigate({ to: '/w/$workspace/v/$view', params: { workspace, view: id } }),
    }),
  );
  const found = matching([...acts, ...named, ...places], query);
  if (ticket === undefined) return found;
  const open = () => void navigate({ to: '/w/$workspace/t/$ticket', params: { workspace, ticket } });
  return [{ id: 'ticket', name: t('Go to ticket {ticket}', { ticket }), run: open }, ...found];
}

/** Adds what was typed before the field existed to its text; if Enter was among it, chooses the result, too. */
function useTypedAhead(add: (next: (text: string) => string) => void, choose: () => void): () => void {
  const [is_entered, setEntered] = useState(false);
  const chooseNow = useEffectEvent(choose);
  useEffect(() => {
    if (is_entered) chooseNow();
  }, [is_entered]);
  return () => {
    // Taken outside of the state update, because React may run that more than once.
    const [typed = '', ...behind] = takeTyped().split(enter);
    add((text) => text + typed);
    if (behind.length > 0) setEntered(true);
  };
}

/** Every command and place, found by typing. The focus stays in the input, which handles all keys. */
export default function Palette({ place }: { place: Place | undefined }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const found = useFound(place, query);
  const optionId = (index: number) => `${id}-${index}`;

  const choose = (one: Found | undefined) => {
    if (one === undefined) return;
    close();
    // Run it after the dialog has returned the focus, because the command may move the focus.
    setTimeout(one.run);
  };
  const takeAhead = useTypedAhead(setQuery, () => choose(found[0]));
  const move = (to: number) => {
    const next = (to + found.length) % Math.max(1, found.length);
    setActive(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'ArrowDown') move(active + 1);
    else if (event.key === 'ArrowUp') move(active - 1);
    else if (event.key === 'Enter') choose(found[active]);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog open wide title={t('Search and commands')} onClose={close} first={input}>
      <input
        ref={input}
        className="input palette-input"
        role="combobox"
        aria-label={t('Command, project, or key of a ticket')}
        placeholder={t('Command, project, or key of a ticket')}
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onFocus={takeAhead}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setActive(0);
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={t('Found')} className="palette-list">
        {found.map((one, index) => (
          <li
            key={one.id}
            id={optionId(index)}
            role="option"
            aria-selected={index === active}
            className="palette-option"
            onPointerMove={() => setActive(index)}
            onClick={() => choose(one)}
          >
            <span>{one.name}</span>
            {one.hint !== undefined && <kbd>{one.hint}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="palette-none">{t('Nothing is called so.')}</p>}
    </Dialog>
  );
}
