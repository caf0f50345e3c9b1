import { i18n } from '@lingui/core';

// The English sentence is its own id, so that a sentence which no catalog has is still shown.
i18n.load('en', {});
i18n.activate('en');

/** A sentence on the screen, in the person's language: `t('Sign in as {name}', { name })`. */
export function t(sentence: string, values?: Record<string, string | number>): string {
  return i18n._(sentence, values);
}
