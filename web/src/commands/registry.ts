import { t } from '../ui/text.ts';

/** Where a command works. Two commands that can work at the same time need different keys. */
export type Section = 'everywhere' | 'inbox' | 'lists' | 'ticket' | 'writing';

/** A command, as the palette, the menus, the buttons and the list of keys show it. Pages bind what it does. */
export interface Command {
  section: Section;
  name: () => string;
  /** For example `c`, `Shift+e`, `Mod+k` (Ctrl, or ⌘ on Apple devices), or the sequence `g l`. */
  keys?: string;
  /** Whether it runs repeatedly while the key is held down. */
  repeats?: boolean;
}

const table = {
  palette: { section: 'everywhere', name: () => t('Search and commands'), keys: 'Mod+k' },
  help: { section: 'everywhere', name: () => t('Keys'), keys: '?' },
  create: { section: 'everywhere', name: () => t('New ticket'), keys: 'c' },
  go_board: { section: 'everywhere', name: () => t('Go to the board'), keys: 'g b' },
  go_list: { section: 'everywhere', name: () => t('Go to the list'), keys: 'g l' },
  go_all: { section: 'everywhere', name: () => t('Go to the list of all projects'), keys: 'g p' },
  go_inbox: { section: 'everywhere', name: () => t('Go to the inbox'), keys: 'g i' },
  go_audit: { section: 'everywhere', name: () => t('Go to the audit log'), keys: 'g a' },
  go_analytics: { section: 'everywhere', name: () => t('Go to the analytics'), keys: 'g n' },
  new_project: { section: 'everywhere', name: () => t('New project') },
  new_workspace: { section: 'everywhere', name: () => t('New workspace') },
  settings_general: { section: 'everywhere', name: () => t('Settings: general'), keys: 'g s' },
  settings_members: { section: 'everywhere', name: () => t('Settings: members and bots') },
  settings_invitations: { section: 'everywhere', name: () => t('Settings: invitations') },
  settings_projects: { section: 'everywhere', name: () => t('Settings: projects') },
  settings_workflow: { section: 'everywhere', name: () => t('Settings: workflow') },
  settings_deleted: { section: 'everywhere', name: () => t('Settings: deleted tickets') },
  settings_views: { section: 'everywhere', name: () => t('Settings: views') },
  settings_tokens: { section: 'everywhere', name: () => t('Settings: API tokens') },
  settings_webhooks: { section: 'everywhere', name: () => t('Settings: webhooks') },
  my_profile: { section: 'everywhere', name: () => t('Your account: profile') },
  my_password: { section: 'everywhere', name: () => t('Your account: password') },
  my_sessions: { section: 'everywhere', name: () => t('Your account: sessions') },
  my_preferences: { section: 'everywhere', name: () => t('Your account: preferences') },
  my_notifications: { section: 'everywhere', name: () => t('Your account: notifications') },
  theme_system: { section: 'everywhere', name: () => t('Theme: as the system') },
  theme_light: { section: 'everywhere', name: () => t('Theme: light') },
  theme_dark: { section: 'everywhere', name: () => t('Theme: dark') },
  density: { section: 'everywhere', name: () => t('Compact or comfortable rows') },
  sign_out: { section: 'everywhere', name: () => t('Sign out') },
  // These come before the ticket's commands: when a ticket is open in the inbox, the inbox's commands get the keys.
  inbox_done: { section: 'inbox', name: () => t('Done'), keys: 'e' },
  inbox_unread: { section: 'inbox', name: () => t('Mark as read or unread'), keys: 'u' },
  inbox_later: { section: 'inbox', name: () => t('Later: put it off'), keys: 'h' },
  inbox_back: { section: 'inbox', name: () => t('Back into the inbox'), keys: 'b' },
  inbox_all_read: { section: 'inbox', name: () => t('Mark all as read'), keys: 'Shift+e' },
  filter: { section: 'lists', name: () => t('Filter'), keys: '/' },
  views: { section: 'lists', name: () => t('Choose a view'), keys: 'v' },
  save_view: { section: 'lists', name: () => t('Save as a new view') },
  update_view: { section: 'lists', name: () => t('Save the changes of the view') },
  reset_view: { section: 'lists', name: () => t('Reset the view to what is saved') },
  edit_view: { section: 'lists', name: () => t('Rename or share the view') },
  delete_view: { section: 'lists', name: () => t('Delete the view') },
  leave_view: { section: 'lists', name: () => t('Leave the view') },
  next: { section: 'lists', name: () => t('Next ticket'), keys: 'j', repeats: true },
  previous: { section: 'lists', name: () => t('Previous ticket'), keys: 'k', repeats: true },
  open: { section: 'lists', name: () => t('Open'), keys: 'o' },
  select: { section: 'lists', name: () => t('Select'), keys: 'x' },
  next_too: { section: 'lists', name: () => t('Select down to the next'), keys: 'Shift+j', repeats: true },
  previous_too: { section: 'lists', name: () => t('Select up to the previous'), keys: 'Shift+k', repeats: true },
  select_all: { section: 'lists', name: () => t('Select all that are loaded'), keys: 'Mod+a' },
  undo: { section: 'lists', name: () => t('Take the last change back'), keys: 'z' },
  lift: { section: 'lists', name: () => t('Lift a card: arrows move it'), keys: 'Space' },
  close: { section: 'lists', name: () => t('Close, or clear the selection'), keys: 'Escape' },
  status: { section: 'ticket', name: () => t('Move to another status'), keys: 's' },
  assign: { section: 'ticket', name: () => t('Assign'), keys: 'a' },
  assign_me: { section: 'ticket', name: () => t('Assign to me'), keys: 'i' },
  priority: { section: 'ticket', name: () => t('Set the priority'), keys: 'p' },
  labels: { section: 'ticket', name: () => t('Change the labels'), keys: 'l' },
  due: { section: 'ticket', name: () => t('Set the due date'), keys: 'd' },
  edit_title: { section: 'ticket', name: () => t('Edit the title'), keys: 'e' },
  edit_description: { section: 'ticket', name: () => t('Edit the description') },
  comment: { section: 'ticket', name: () => t('Write a comment'), keys: 'm' },
  copy_link: { section: 'ticket', name: () => t('Copy the ticket’s address'), keys: 'y' },
  watch: { section: 'ticket', name: () => t('Watch or stop watching') },
  delete_ticket: { section: 'ticket', name: () => t('Delete the ticket') },
} as const satisfies Record<string, Command>;

export type CommandId = keyof typeof table;

/** The pages of the commands whose ids begin with this prefix. */
export type PageOf<Start extends string, Id = CommandId> = Id extends `${Start}_${infer Page}` ? Page : never;

/** All commands. */
export const commands: Readonly<Record<CommandId, Command>> = table;

export interface Handler {
  run: () => void;
  /** Returns whether it can run now; always true by default. */
  available?: (() => boolean) | undefined;
}
type Handlers = Partial<Record<CommandId, Handler | (() => void)>>;

const bound: { handlers: Handlers }[] = [];

/** Binds what commands do until the returned function is called. Later bindings take precedence. */
export function bind(handlers: Handlers): () => void {
  const entry = { handlers };
  bound.unshift(entry);
  return () => void bound.splice(bound.indexOf(entry), 1);
}

/** Returns what a command does now; undefined if it can't run here. */
export function handlerOf(id: CommandId): (() => void) | undefined {
  for (const { handlers } of bound) {
    const given = handlers[id];
    const handler = typeof given === 'function' ? { run: given } : given;
    if (handler !== undefined && handler.available?.() !== false) return handler.run;
  }
  return undefined;
}

/** Runs a command if it can run; returns whether it could. */
export function run(id: CommandId): boolean {
  const act = handlerOf(id);
  act?.();
  return act !== undefined;
}

/** Returns the commands that can run here and now. */
export const available = (): CommandId[] =>
  (Object.keys(commands) as CommandId[]).filter((id) => handlerOf(id) !== undefined);
