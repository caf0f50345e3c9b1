import type { Choice } from '../../ui/select-field.tsx';
import { t } from '../../ui/text.ts';

/** Where the browser is. */
const here = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

const inWords = (zone: string) => zone.replaceAll('_', ' ');

/** The time zones that can be chosen: the browser’s own, those that it knows, and the one that is chosen. */
export function zonesWith(chosen: string | null): Choice[] {
  const known = Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'));
  const all = [...new Set([...(chosen === null ? [] : [chosen]), 'UTC', ...known])];
  return [
    { value: '', label: t('As the browser: {zone}', { zone: inWords(here()) }) },
    ...all.map((zone) => ({ value: zone, label: inWords(zone) })),
  ];
}

const languages = ['en-GB', 'en-US', 'en-AU', 'en-CA', 'en-IE', 'en-IN', 'en-NZ', 'en-ZA'];

/** Today as it is written in a language. */
const dateIn = (tag: string) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' }).format(new Date());

/** A language with a date as it is written there. Another machine's browser may know more of them. */
function inLanguage(tag: string): string {
  try {
    return `${new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag}: ${dateIn(tag)}`;
  } catch {
    return tag;
  }
}

/** The ways to write dates that can be chosen: those of English, and the one that is chosen. */
export function languagesWith(chosen: string | null): Choice[] {
  const all = [...new Set([...(chosen === null ? [] : [chosen]), ...languages])];
  return [
    { value: '', label: t('As the console: {date}', { date: dateIn('en') }) },
    ...all.map((tag) => ({ value: tag, label: inLanguage(tag) })),
  ];
}
