import { runCommand } from './command.ts';
import { replayCommand, stopOwnServer } from './replay-command.ts';

await runCommand(() => replayCommand(process.argv.slice(2)), stopOwnServer);
