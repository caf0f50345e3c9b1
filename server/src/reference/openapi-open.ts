import { z } from 'zod';
import type { ZodOpenApiOverride } from 'zod-openapi';

/** The lists of words that no version of /v1 extends; docs/api-stability.md says why. */
export const permanent_words: readonly string[] = ['Priority', 'StatusCategory'];

/** The form of words that a later version may add. */
const later_word = { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.-]*$', maxLength: 60 } as const;

/**
 * Opens responses, but not requests, to additions: a later version may send more fields, and words that this document
 * doesn't list. The contracts themselves stay closed on both sides, so tests still report a field that is sent but not
 * declared.
 */
export const openResponses: ZodOpenApiOverride = ({ zodSchema, jsonSchema, io }) => {
  if (io === 'input') return;
  const kind = zodSchema._zod.def.type;
  if (kind === 'object') {
    delete jsonSchema.additionalProperties;
    for (const field of Object.values(jsonSchema.properties ?? {})) {
      // A named list with a description of its own: zod repeats the words beside the reference.
      if (typeof field === 'object' && field.$ref !== undefined) delete field.enum;
    }
  } else if (kind === 'enum') {
    if (jsonSchema.enum === undefined || permanent_words.includes(z.globalRegistry.get(zodSchema)?.id ?? '')) return;
    jsonSchema.anyOf = [{ type: 'string', enum: jsonSchema.enum }, { ...later_word }];
    delete jsonSchema.type;
    delete jsonSchema.enum;
  } else if (kind === 'union' && jsonSchema.discriminator !== undefined) {
    // With a discriminator, a client would refuse an error whose code it doesn't know.
    jsonSchema.anyOf = jsonSchema.oneOf ?? [];
    delete jsonSchema.oneOf;
    delete jsonSchema.discriminator;
    delete jsonSchema.type;
  }
};
