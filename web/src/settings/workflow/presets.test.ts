import { expect, test } from 'vitest';
import { presets as definitions } from '../../../../server/src/projects/workflow-definition.ts';
import { changesBetween } from './compare.ts';
import { all_presets } from './presets.ts';

test.each(all_presets())('the preset $name is what a project gets that begins with it', ({ name, definition }) => {
  expect(changesBetween(definitions[name], definition)).toEqual([]);
  expect(definition.resolutions).toEqual(definitions[name].resolutions);
});
