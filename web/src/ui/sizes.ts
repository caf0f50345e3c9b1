import { t } from './text.ts';

const units = [() => t('bytes'), () => t('kB'), () => t('MB'), () => t('GB')];

/** Formats a number of bytes: `48 kB`. */
export function shownSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  for (; size >= 999.5 && unit < units.length - 1; unit++) size /= 1000;
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: unit > 0 && size < 9.95 ? 1 : 0 }).format(size);
  return `${number} ${units[unit]?.() ?? ''}`;
}
