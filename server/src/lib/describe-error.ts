/** What of an error goes to the log, causes included: never a request's body, nor a statement's values or rows. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { name, message, stack, code, ...(cause === undefined ? {} : { cause: describeError(cause) }) };
}
