import os from 'node:os';
import { attacks, type Target } from './attacks.ts';

// A separate process, so that it doesn't slow the neighbour's client. It has the lowest priority, because a real attacker's
// machine is not the server's.
os.setPriority(19);
process.on('message', ({ kind, target }: { kind: string; target: Target }) => {
  const over = () => process.send?.({ over: true });
  void attacks[kind]?.({ target, over }).then((outcome) => process.send?.({ over: true, outcome }));
});
