import { existsSync } from 'node:fs';
import path from 'node:path';
import { project_root } from '../lib/project.ts';

/** Where the console's pages are once they are built. */
export const built_console = path.join(project_root, 'web/dist');

/** The command that builds them. */
export const build_command = 'npm run build:web';

/** The page that every address of the console returns. */
export const index_of = (dir: string) => path.join(dir, 'index.html');

export const isBuilt = (dir: string) => existsSync(index_of(dir));
