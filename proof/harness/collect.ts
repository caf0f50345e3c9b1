import cluster from 'node:cluster';

// Loaded before the server by `node --expose-gc --import`: a signal that means nothing else has the garbage collected, of
// all its processes, so that what is left of the memory is what is kept.
process.on('SIGWINCH', () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGWINCH');
  globalThis.gc?.();
});
