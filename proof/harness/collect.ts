import cluster from 'node:cluster';

// Loaded before the server by `node --expose-gc --import`. SIGWINCH, which nothing else uses, runs the garbage collector in all
// of the server's processes. The memory that remains is memory that the server keeps.
process.on('SIGWINCH', () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGWINCH');
  globalThis.gc?.();
});
