/** What of an error goes to the log, causes included: never a request's body, nor a statement's values or rows. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { name, message, stack, code, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
}

/** Of what kind an error is: an SQLSTATE, another code, or its class; of its cause, if it has one. Never a message, which may repeat a value. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error.cause instanceof Error) return kindOf(error.cause);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^\w{1,50}$/.test(code) ? code : error.name;
}
