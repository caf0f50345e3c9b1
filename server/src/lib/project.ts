import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';

const file = findPackageJSON('..', import.meta.url) ?? '';

/** The folder of package.json, for the sources here and for the build in the image. */
export const project_root = path.dirname(file);

const { version, engines } = JSON.parse(readFileSync(file, 'utf8')) as { version: string; engines: { node: string } };

/** The running version, from package.json, and the oldest Node that it runs on. */
export { version };
export const needed_node = engines.node.replace(/^\D+/, '');
