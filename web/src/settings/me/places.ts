import type { Choice } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';

/** Returns the browser's time zone. */
const here = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const inWords = (zone: string) => zone.replaceAll('_', ' ');

/** Returns the time zones to choose from: the browser’s own, all that it knows, and the chosen one. */
export function zonesWith(chosen: string | null): Choice[] {
  const known = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));
  const all = [...new Set([...(chosen === null ? [] : [chosen]), 'UTC', ...known])];
  return [
    { value: '', label: t('As the browser: {zone}', { zone: inWords(here()) }) },
    ...all.map((zone) => ({ value: zone, label: inWords(zone) })),
  ];
}

const languages = ['en-GB', 'en-US', 'en-AU', 'en-CA', 'en-IE', 'en-IN', 'en-NZ', 'en-ZA'];

/** Formats today's date in a language. */
const dateIn = (tag: string) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' }).format(new Date());

/**
 * Returns a language's name with a sample date; only its tag if this browser doesn't know it, as another device's may.
 */
function inLanguage(tag: string): string {
  try {
    return `${new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag}: ${dateIn(tag)}`;
  } catch {
    return tag;
  }
}

/** Returns the date formats to choose from: those of English, and the chosen one. */
export function languagesWith(chosen: string | null): Choice[] {
  const all = [...new Set([...(chosen === null ? [] : [chosen]), ...languages])];
  return [
    { value: '', label: t('As the console: {date}', { date: dateIn('en') }) },
    ...all.map((tag) => ({ value: tag, label: inLanguage(tag) })),
  ];
}
