import { z } from 'zod';

/**
 * Named values in a body, whose names the client chooses. One called `__proto__`, which zod would leave out, is refused like every
 * other that isn't a name.
 */
export function givenRecord<Name extends z.ZodString, Value extends z.ZodType>(name: Name, value: Value) {
  const refused = name.safeParse('__proto__').error?.issues[0]?.message;
  return z.preprocess(
    (given, context) => {
      if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__')) {
        context.addIssue({ code: 'custom', path: ['__proto__'], message: refused });
      }
      return given;
    },
    z.record(name, value),
  );
}
