import { type Preset, presets } from '../../first-run/presets.ts';
import { type Definition, step_roles } from './definition.ts';

const resolutions = ['fixed', 'duplicate', 'invalid', 'wont_fix', 'cannot_reproduce', 'no_response'];

/** Returns the whole workflow of a preset. A test compares it with the server’s. */
export function definitionOfPreset({ name, statuses, steps }: Preset): Definition {
  const done = statuses.filter(({ category }) => category === 'done').map(({ key }) => key);
  const transitions = steps.map(([from, to]) => {
    const becomes_done = done.includes(to) && !done.includes(from);
    return { from, to, roles: step_roles, requires: name === 'standard' && becomes_done ? ['resolution'] : [] };
  });
  return { statuses, initial: statuses.slice(0, 1).map(({ key }) => key), transitions, resolutions };
}

export const all_presets = (): (Preset & { definition: Definition })[] =>
  presets().map((preset) => ({ ...preset, definition: definitionOfPreset(preset) }));
