import { expect, test } from 'vitest';
import { presets as definitions } from '../../../../server/src/projects/workflow-definition.ts';
import { changesBetween } from './compare.ts';
import { all_presets } from './presets.ts';

test.each(all_presets())(
  'the preset $name is the workflow that the server gives a new project',
  ({ name, definition }) => {
    expect(changesBetween(definitions[name], definition)).toEqual([]);
    expect(definition.resolutions).toEqual(definitions[name].resolutions);
  },
);
