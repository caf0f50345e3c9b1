import pg from 'pg';

const form = 'postgres://user:password@host:port/database';

/**
 * What makes a database's URL unusable; undefined if it can be used. The text follows the setting's name and never
 * contains the password.
 */
export function faultOfDatabaseUrl(text: string): string | undefined {
  const [scheme] = /^postgres(ql)?:\/\//.exec(text) ?? [];
  if (scheme === undefined) return `must read ${form}.`;
  const rest = text.slice(scheme.length);
  const authority = rest.slice(0, /[/?#]|$/.exec(rest)?.index);
  // The login contains an @, or a character that ends the host. psql and Node would read such a URL in two different
  // ways, and neither as it is meant.
  const at_signs = rest.split('@').length - 1;
  if (at_signs > 1 || (at_signs === 1 && !authority.includes('@')) || rest.includes('#') || !isDecodable(rest)) {
    return 'has a character in its password that must be percent-encoded (/ %2F, # %23, ? %3F, @ %40, % %25). Encode it, or leave the password out of the URL and set PGPASSWORD.';
  }
  if (!URL.canParse(text)) return `must read ${form}, with a number as the port.`;
  try {
    void new pg.Client({ connectionString: text });
    return undefined;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    return path === undefined ? `must read ${form}.` : `names the file ${path}, which can't be read (${code}).`;
  }
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
