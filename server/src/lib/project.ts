import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';

const file = findPackageJSON('..', import.meta.url) ?? '';

/** The folder of package.json: of the source here, and of what is built from it in the image. */
export const project_root = path.dirname(file);

/** The version that runs, as package.json has it. */
export const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
