import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';

const file = findPackageJSON('..', import.meta.url) ?? '';

/** The folder of package.json: of the source here, and of what is built from it in the image. */
export const project_root = path.dirname(file);

const { version, engines } = JSON.parse(readFileSync(file, 'utf8')) as { version: string; engines: { node: string } };

/** The version that runs, as package.json has it; and the oldest Node that it runs on. */
export { version };
export const needed_node = engines.node.replace(/^\D+/, '');
