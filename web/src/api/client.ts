import { createClient } from 'baton-sdk';

/** The one client of the API, for the whole page. Only `api/` uses it. */
export const client = createClient({ base_url: location.origin });
