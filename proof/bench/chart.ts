import type { Results, ScenarioResult } from './report.ts';
import type { Sample } from './load.ts';

const targets = ['floor', 'baton', 'baseline', 'postgraphile'] as const;
const colours = { floor: '#9aa5b1', baton: '#2563eb', baseline: '#d97706', postgraphile: '#0d9488' };
const bar_height = 12;
const group_height = targets.length * (bar_height + 2) + 14;
const width = 420;
const label_width = 150;

function bars(result: ScenarioResult, figure: (sample: Sample) => number, left: number, top: number): string {
  const seen = targets.flatMap((target) => {
    const sample = result.samples[target];
    return sample === undefined ? [] : [{ target, value: figure(sample) }];
  });
  const most = Math.max(...seen.map(({ value }) => value));
  return seen
    .map(({ target, value }, index) => {
      const length = (value / most) * (width - label_width - 90);
      const y = top + index * (bar_height + 2);
      const x = left + label_width;
      const text = value.toLocaleString('en', { maximumFractionDigits: 0 });
      return [
        `<rect x="${x}" y="${y}" width="${length.toFixed(1)}" height="${bar_height}" fill="${colours[target]}"/>`,
        `<text x="${(x + length + 5).toFixed(1)}" y="${y + 10}">${text}</text>`,
      ].join('');
    })
    .join('\n');
}

function panel(results: Results, title: string, figure: (sample: Sample) => number, left: number): string {
  const groups = results.scenarios.map((result, index) => {
    const top = 62 + index * group_height;
    const name = result.name.replace('transition, one hot ticket', 'one hot ticket');
    return `<text x="${left + label_width - 8}" y="${top + 24}" text-anchor="end">${name}</text>\n${bars(result, figure, left, top)}`;
  });
  return `<text x="${left + label_width}" y="46" font-weight="bold">${title}</text>\n${groups.join('\n')}`;
}

/**
 * Draws the run as an SVG: requests per second, and CPU per request of server and database together; each group has its own
 * scale.
 */
export function chart(results: Results): string {
  const height = 70 + results.scenarios.length * group_height;
  const legend = targets.map(
    (target, index) =>
      `<rect x="${label_width + index * 90}" y="12" width="12" height="12" fill="${colours[target]}"/>` +
      `<text x="${label_width + index * 90 + 17}" y="22">${target}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * 2} ${height}" font-family="system-ui, sans-serif" font-size="11" fill="#1f2933">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...legend,
    panel(results, 'requests per second', (sample) => sample.requests_per_s, 0),
    panel(results, 'CPU per request, server and database, µs', (s) => s.server_cpu_us + s.database_cpu_us, width),
    '</svg>',
    '',
  ].join('\n');
}
