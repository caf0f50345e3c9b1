import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';

// The English sentence is its own id, so a sentence that is missing from a catalog is shown in English. Sentences are
// compiled at run time, because a build step would require Babel.
i18n.setMessagesCompiler(compileMessage);
i18n.load('en', {});
i18n.activate('en');

/** Returns a sentence in the person's language, with values in ICU's format: `t('Sign in as {name}', { name })`. */
export function t(sentence: string, values?: Record<string, string | number>): string {
  return i18n._(sentence, values);
}
