import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

/** The address of the server that `npm run dev:web` uses; by default that of `npm start`. */
const server = process.env['BATON_URL'] ?? 'http://127.0.0.1:3000';
const of_the_server = ['/v1', '/docs', '/openapi.json'];

/** Writes a .br and a .gz file beside each file of the build, so that the server needn't compress while it serves. */
function compressed(): Plugin {
  return {
    name: 'baton-compressed',
    apply: 'build',
    async writeBundle({ dir = '' }) {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => path.join(parentPath, name));
      await Promise.all(
        files.map(async (file) => {
          const bytes = await readFile(file);
          const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
          await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, { params }));
          await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }));
        }),
      );
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed()],
  resolve: { conditions: ['baton-source', ...defaultClientConditions] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The browsers that support light-dark(), so that the build leaves it as it is.
    target: ['chrome125', 'edge125', 'firefox128', 'safari18'],
    // The page's policy allows neither inline scripts and styles nor data URLs, except for images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Compression takes most of the build, as intended, so no warning about it.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  // With the host that the browser requested, because the server compares it with the page’s origin for requests with
  // cookies.
  server: { proxy: Object.fromEntries(of_the_server.map((prefix) => [prefix, { target: server }])) },
});
