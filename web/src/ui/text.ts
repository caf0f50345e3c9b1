import { i18n } from '@lingui/core';
import { compileMessage } from '@lingui/message-utils/compileMessage';

// The English sentence is its own id, so a sentence that no catalog has is shown as it is. It is read at run time: a build
// step would bring Babel along.
i18n.setMessagesCompiler(compileMessage);
i18n.load('en', {});
i18n.activate('en');

/** A sentence on the screen, in the person's language: `t('Sign in as {name}', { name })`. In ICU's format. */
export function t(sentence: string, values?: Record<string, string | number>): string {
  return i18n._(sentence, values);
}
