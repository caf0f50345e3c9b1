/** A setting that can't be used; the message names it and says what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
