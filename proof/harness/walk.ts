import { spawn } from 'node:child_process';

/** A command of a page, with the output that the page shows. */
export interface Step {
  command: string;
  answer: string;
}

const inConsole = (block: string): Step[] =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const end = text.indexOf('\n');
      return { command: text.slice(0, end), answer: text.slice(end + 1).trim() };
    });

/** A text of a page that the comment before it assigns to a file or to a command's input. */
export interface Text {
  kind: 'file' | 'input';
  /** The file's name, or the command. */
  to: string;
  text: string;
}

/** Everything on a page that can be run, in order. */
export function runnable(markdown: string): (Step | Text)[] {
  const blocks = markdown.matchAll(/(?:^<!-- (file|input): ([^\n]+) -->\n\n)?^```(\w*)\n(.*?)^```/gms);
  return [...blocks].flatMap(([, kind, to = '', language, text = '']): (Step | Text)[] => {
    if (kind === 'file' || kind === 'input') return [{ kind, to, text }];
    return language === 'console' ? inConsole(text) : [];
  });
}

/** The commands of a page's console blocks. */
export function stepsOf(markdown: string): Step[] {
  return runnable(markdown).filter((one): one is Step => 'command' in one);
}

/** Whether an output is as printed on the page; … stands for anything. */
export function isAsPrinted(answer: string, printed: string): boolean {
  const pattern = printed.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^"]+')}$`).test(answer);
}

const mark = '--- next ---';

/** Runs commands in one bash, one after the other, and returns what each printed. It stops at the first that fails. */
export function runAll(
  commands: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; prelude?: string } = {},
): Promise<string[]> {
  const { cwd, env = process.env, prelude = '' } = options;
  const script = commands.map((command) => `${command}\necho; echo '${mark}'`).join('\n');
  return new Promise((resolve) => {
    const bash = spawn('bash', ['-e', '-o', 'pipefail', '-s'], { cwd, env, stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    bash.stdout.on('data', (chunk) => (output += String(chunk)));
    bash.once('close', () => resolve(output.split(`${mark}\n`).map((answer) => answer.trim())));
    bash.stdin.end(`${prelude}\n${script}\n`);
  });
}
