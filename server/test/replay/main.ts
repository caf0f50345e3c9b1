import { derive } from './derive.ts';
import { readSource } from './history.ts';
import { Report } from './report.ts';
import { summarize } from './summary.ts';

const [file] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (!file) {
  console.error('usage: npm run replay -- --dry-run <x-replay.ndjson[.gz]>');
  process.exit(2);
}
const report = new Report();
const source = await readSource(file, report);
const mapping = derive([...source.histories.values()]);
for (const line of await summarize(source, mapping, report)) console.log(line);
