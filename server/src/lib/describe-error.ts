/** The parts of an error that are logged, with its causes: never a request's body, nor a statement's values or rows. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { name, message, stack, code, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
}

/**
 * The kind of an error, or of its cause if it has one: an SQLSTATE, another code, or the error's class. Never a
 * message, which may repeat a value.
 */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error.cause instanceof Error) return kindOf(error.cause);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^\w{1,50}$/.test(code) ? code : error.name;
}
