// What of Spectral's and OWASP's rules doesn't hold for this API, each with its reason. Everything else holds, hints too.

/** Rules that are off. */
export const rules = {
  // server/test/locks/contract.test.ts holds every example to its contract; Spectral, which resolves each problem anew for
  // each operation, would need minutes.
  'oas3-valid-media-example': 'off',
  'oas3-valid-schema-example': 'off',
  'contact-properties': 'off', // the authors publish no address: SECURITY.md says how to reach them
};

/** What a rule may find at a place, by the end of its message. */
export const expected = {
  // The id of a token is no secret: the token itself is never in a URL.
  'owasp:api2:2023-no-credentials-in-url': 'path parameter: token_id.',
};

/** Rules that are off for an operation that anybody may call: it needs no token, so that none can be wrong. */
export const public_rules = {
  'owasp:api2:2023-read-restricted': 'off',
  'owasp:api2:2023-write-restricted': 'off',
  'owasp:api8:2023-define-error-responses-401': 'off',
};
