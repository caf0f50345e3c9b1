/** A place where text is typed: a field of a ticket, a new comment, or an edited one. */
export interface Place {
  account: string;
  workspace: string;
  /** The ticket's id; for a new ticket, where it will be created. */
  ticket: string;
  /** `title`, `description`, `comment`, `comment:` and the id of the edited comment, or the purpose of a form. */
  field: string;
}

const escaped = (part: string) => encodeURIComponent(part);
/** Returns what the keys of an account's drafts begin with. */
export const prefixOf = (account: string): string => `${escaped(account)}/`;
/** Returns the key of the draft of a place. */
export const keyOf = ({ account, workspace, ticket, field }: Place): string =>
  prefixOf(account) + [workspace, ticket, field].map(escaped).join('/');
