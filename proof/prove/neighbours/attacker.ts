import os from 'node:os';
import { attacks, type Target } from './attacks.ts';

// A process of its own, so that the others' client isn't slowed by it; and the last to have the processor: an attacker's
// machine is not the server's.
os.setPriority(19);
process.on('message', ({ kind, target }: { kind: string; target: Target }) => {
  const over = () => process.send?.({ over: true });
  void attacks[kind]?.({ target, over }).then((outcome) => process.send?.({ over: true, outcome }));
});
