import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { data_place_variable, memoryDisk } from './proof/harness/memory-disk.ts';

// A database is created for each test file and dropped again, which on a disk takes three times as long.
process.env[data_place_variable] ??= memoryDisk() ?? '';

/**
 * Those that start servers and databases take longest: begun last, one of them would run alone at the end. The console's
 * unit tests are last: some load its modules anew, and then a test of the server in the same process would, too.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const first = ['/prove/faults/', '/prove/', '/test/process/', '/proof/', '/test/'];
    const last = first.length + 1;
    const place = ({ moduleId }: TestSpecification) => {
      const rank = first.findIndex((part) => moduleId.includes(part));
      if (rank >= 0) return rank;
      return moduleId.includes('/web/src/') ? last : first.length;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

// The SDK's own sources, as `node --conditions=baton-source` uses them: it is built for its package alone.
// Node loads the other packages. It has no condition `module`, whose files are for bundlers: AWS's could not be loaded.
const conditions = ['baton-source', ...defaultServerConditions.filter((one) => one !== 'module')];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'server/**/*.test.ts',
      'proof/**/*.test.ts',
      'sdk/**/*.test.ts',
      'scripts/**/*.test.ts',
      'web/**/*.test.ts',
    ],
    globalSetup: ['proof/harness/cluster.ts', 'web/test/consoles.ts'],
    // The summary of a run has no more than the message.
    chaiConfig: { truncateThreshold: 1000 },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than there are processors where there are two: a worker waits a fifth of its time.
    maxWorkers: 3,
    pool: 'forks',
    // Each file sets up what it needs; to load the application anew for each would take longer than most tests.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
