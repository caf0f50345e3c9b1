import os from 'node:os';
import { attacks, type Target } from './attacks.ts';

// A process of its own, so that the others' client isn't slowed by it; and the last to have the processor: an attacker's
// machine is not the server's.
os.setPriority(19);
process.on('message', ({ kind, target }: { kind: string; target: Target }) => {
  void attacks[kind]?.(target).then((outcome) => process.send?.(outcome));
});
