/**
 * Returns whether an input method handles a key. Safari reports the end of the composition before the key that ended it,
 * which then has the code 229.
 */
export const isComposing = ({
  isComposing: composes,
  keyCode,
}: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean => composes || keyCode === 229;
