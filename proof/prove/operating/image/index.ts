import { noPodman, Podman } from '../../../harness/podman.ts';
import { noDebian } from '../../../harness/postgres.ts';
import type { Check, Finding, Run } from '../../check.ts';
import { buildBase, buildImage, sizesOf } from './build.ts';
import { askCompose } from './compose.ts';
import { lookInside } from './inside.ts';
import { serveImage, version } from './serve.ts';

// The controls reuse the images of the real build.
let shared: Podman | undefined;

async function tryImage(run: Run): Promise<Finding> {
  const podman = (shared ??= new Podman());
  await buildBase(podman, (done) => run.progress(done * 0.3));
  const built = await buildImage(podman, run.mutant?.source ?? [], (done) => run.progress(0.3 + done * 0.5));
  const violations = await lookInside(podman, built);
  violations.push(...(await serveImage(podman, built.image, (done) => run.progress(0.8 + done * 0.2))));
  // compose.yaml is the same for broken builds.
  const { compose, violations: misread } = run.mutant === undefined ? askCompose() : { compose: '', violations: [] };
  violations.push(...misread);
  const { all, base } = await sizesOf(podman, built.image);
  const mb = (bytes: number) => Math.round(bytes / 1e6);
  const figures = {
    postgresql: version,
    image_mb: mb(all),
    of_which_base_mb: mb(base),
    baton_mb: mb(all - base),
    compose,
  };
  return { load: { images: 1 }, figures, violations };
}

const dockerfile = '../../Dockerfile';

export const image: Check = {
  id: 'image',
  promises: ['P20', 'P23'],
  says: 'The image of the Dockerfile, run as compose.yaml says, migrates and serves. It is healthy only with its database, writes only to /tmp, exits with 0, and contains no secret and nothing that serving doesn’t need.',
  impossible: () => noDebian(version) ?? noPodman('mmdebstrap'),
  run: tryImage,
  slice: 0, // it needs Debian's packages and ten minutes
  control_size: 1,
  controls: {
    'migrations are left out': {
      source: [{ file: dockerfile, find: 'COPY server/migrations ./dist/server/migrations\n', replace: '' }],
    },
    'the console is left out': {
      source: [{ file: dockerfile, find: 'COPY --from=build /app/web/dist ./web/dist\n', replace: '' }],
    },
    'the folder of attachments is root’s': {
      source: [{ file: dockerfile, find: ' && chown node:node /attachments', replace: '' }],
    },
    // Otherwise only its folders would give it away: without capabilities, root can't write to them.
    'runs as root': {
      source: [{ file: dockerfile, find: 'USER node\n', replace: '' }],
      noticed_by: 'the image runs as root',
    },
    'is healthy whatever it responds': { source: [{ file: dockerfile, find: 'r.ok ? 0 : 1', replace: '0' }] },
    'is killed': { source: [{ file: dockerfile, find: 'EXPOSE 3000\n', replace: 'STOPSIGNAL SIGKILL\n' }] },
    'takes in the npmrc': {
      source: [
        {
          file: dockerfile,
          find: 'npm ci --omit=dev --omit=optional',
          replace: 'npm ci --omit=dev --omit=optional && cp /root/.npmrc node_modules/npmrc',
        },
      ],
    },
  },
};
