// Generated from server/openapi.json by `npm run generate`.

export const operations = {
  /** Creates an account and signs in. */
  register: {"method":"POST","path":"/v1/auth/register","query":[],"headers":[],"body":true,"returns":true},
  /** Signs in with e-mail address and password. */
  login: {"method":"POST","path":"/v1/auth/login","query":[],"headers":[],"body":true,"returns":true},
  /** Exchanges a refresh token for new tokens. A second use within seconds returns the same successor; a later one ends the session. */
  refresh: {"method":"POST","path":"/v1/auth/refresh","query":[],"headers":[],"body":true,"returns":true},
  /** Sends a one-time token for a new password by mail. The response is the same whether or not an account has this address. */
  request_password_reset: {"method":"POST","path":"/v1/auth/request-password-reset","query":[],"headers":[],"body":true,"returns":false},
  /** Sets a new password with a one-time token, from a mail or the operator, and ends every session. */
  reset_password: {"method":"POST","path":"/v1/auth/reset-password","query":[],"headers":[],"body":true,"returns":false},
  /** Confirms an address with the one-time token that was mailed to it. A new address becomes the account’s, and the former address gets a mail about it. */
  confirm_email: {"method":"POST","path":"/v1/auth/confirm-email","query":[],"headers":[],"body":true,"returns":false},
  /** Returns who may call which operation: the table every request is checked against. */
  get_policy: {"method":"GET","path":"/v1/policy","query":[],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns 200 while the process is responsive, regardless of the database. */
  get_livez: {"method":"GET","path":"/livez","query":[],"headers":[],"body":false,"returns":true},
  /** Returns 200 while the server can serve requests: the database responds and the process is not stopping. */
  get_readyz: {"method":"GET","path":"/readyz","query":[],"headers":[],"body":false,"returns":true},
  /** Ends the session of this request and the session of its cookie; their access tokens stop working at once. */
  logout: {"method":"POST","path":"/v1/auth/logout","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Returns the caller’s account. */
  get_me: {"method":"GET","path":"/v1/me","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes the caller’s name. */
  update_me: {"method":"PATCH","path":"/v1/me","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Changes the password, ends every other session, and returns new tokens for this one. */
  change_password: {"method":"PUT","path":"/v1/me/password","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Sends a one-time token to a new address, which becomes the account’s once it is confirmed, or to the account’s current address, to confirm it. */
  request_email_change: {"method":"POST","path":"/v1/me/email-change","query":[],"headers":["idempotency_key"],"body":true,"returns":false},
  /** Returns the caller’s preferences, which are the same on every machine. */
  get_preferences: {"method":"GET","path":"/v1/me/preferences","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes the preferences that are sent, and in `keys` only the commands that are named. */
  update_preferences: {"method":"PATCH","path":"/v1/me/preferences","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Lists the caller’s live sessions, newest first. */
  list_sessions: {"method":"GET","path":"/v1/sessions","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns one of the caller’s live sessions. */
  get_session: {"method":"GET","path":"/v1/sessions/{session_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Revokes one of the caller’s sessions. */
  revoke_session: {"method":"DELETE","path":"/v1/sessions/{session_id}","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Lists security events of the caller’s account, newest first. */
  list_my_audit: {"method":"GET","path":"/v1/me/audit","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Accepts an invitation sent to the caller’s e-mail address. */
  accept_invitation: {"method":"POST","path":"/v1/invitations/accept","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Returns the writes that succeeded with one of the caller’s Idempotency-Keys; an empty list if there are none. */
  list_outcomes: {"method":"GET","path":"/v1/outcomes/{key}","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Creates a workspace and makes the caller its owner. */
  create_workspace: {"method":"POST","path":"/v1/workspaces","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists the workspaces the caller is a member of, oldest membership first. */
  list_workspaces: {"method":"GET","path":"/v1/workspaces","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a workspace. */
  get_workspace: {"method":"GET","path":"/v1/workspaces/{workspace_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Renames a workspace. */
  update_workspace: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Deletes a workspace. Nobody can see or use it any more. */
  delete_workspace: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Lists members, oldest membership first. Bots have a separate list. */
  list_members: {"method":"GET","path":"/v1/workspaces/{workspace_id}/members","query":["limit","cursor","fields","q"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Lists everybody who is or was a member: all people and bots that an id in this workspace can refer to. */
  list_people: {"method":"GET","path":"/v1/workspaces/{workspace_id}/people","query":["limit","cursor","fields","ids","q"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a member. */
  get_member: {"method":"GET","path":"/v1/workspaces/{workspace_id}/members/{user_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes a member’s role. Only owners can appoint or demote owners. */
  update_member: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/members/{user_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Removes a member from the workspace; members can remove themselves. Their tickets become unassigned. */
  remove_member: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/members/{user_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Creates a bot: a member that acts only with API tokens, which admins create for it. */
  create_bot: {"method":"POST","path":"/v1/workspaces/{workspace_id}/bots","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists bots, oldest first. */
  list_bots: {"method":"GET","path":"/v1/workspaces/{workspace_id}/bots","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a bot. */
  get_bot: {"method":"GET","path":"/v1/workspaces/{workspace_id}/bots/{bot_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Renames a bot, or changes its role. Its tokens stay, limited to the new role. */
  update_bot: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/bots/{bot_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Removes a bot and ends its tokens. Its tickets become unassigned. The history keeps its name. */
  remove_bot: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/bots/{bot_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Invites an e-mail address. The response contains the token. Nothing else returns it, except the same request sent again with its Idempotency-Key. */
  create_invitation: {"method":"POST","path":"/v1/workspaces/{workspace_id}/invitations","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists pending invitations, oldest first. */
  list_invitations: {"method":"GET","path":"/v1/workspaces/{workspace_id}/invitations","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a pending invitation, without its token. */
  get_invitation: {"method":"GET","path":"/v1/workspaces/{workspace_id}/invitations/{invitation_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Revokes an invitation. */
  revoke_invitation: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/invitations/{invitation_id}","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Creates a project with a key and a workflow: a preset or a definition. */
  create_project: {"method":"POST","path":"/v1/workspaces/{workspace_id}/projects","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists projects, oldest first. */
  list_projects: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects","query":["limit","cursor","fields","archived"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a project. */
  get_project: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Renames, archives or unarchives a project. Its key never changes, so links to tickets stay valid. */
  update_project: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/projects/{project_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Archives a project: its tickets become read-only. */
  archive_project: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/projects/{project_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Returns the project’s current workflow. */
  get_workflow: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/workflow","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Replaces the project’s workflow with a new version. A status that has tickets can be dropped only if the mapping names another status for them. */
  replace_workflow: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/workflow","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Creates a ticket with the project’s next number, in an initial status of its workflow. */
  create_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/tickets","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists tickets, by default newest first. */
  list_tickets: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets","query":["limit","cursor","project_id","ids","status","assignee","reporter","priority","label","created_after","created_before","updated_after","updated_before","active_after","active_before","status_category","due_after","due_before","q","deleted","archived","time_zone","fields","sort"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Counts tickets by status, assignee, priority or label. */
  count_tickets: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/counts","query":["group_by","project_id","ids","status","assignee","reporter","priority","label","created_after","created_before","updated_after","updated_before","active_after","active_before","status_category","due_after","due_before","q","deleted","archived","time_zone","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Lists the labels of all tickets, each once, in the order in which the database sorts texts. Deleted tickets and tickets of archived projects count, too, because they keep their labels. A label that was removed from all tickets is not listed. GET …/tickets/counts with group_by=label says how many tickets have a label, for any filters. */
  list_labels: {"method":"GET","path":"/v1/workspaces/{workspace_id}/labels","query":["limit","cursor","fields","q"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns the first tickets of each status of a project, and how many there are, all at one moment. */
  get_board: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/board","query":["per_column","status","assignee","reporter","priority","label","created_after","created_before","updated_after","updated_before","active_after","active_before","status_category","due_after","due_before","q","time_zone","fields","sort"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a ticket by id or key. */
  get_ticket: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}","query":["fields","as_of"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Edits a ticket based on a version. Newer edits of other fields and of the labels are merged; newer edits of the same fields are a conflict. */
  update_ticket: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Deletes a ticket. It can be restored. */
  delete_ticket: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Restores a deleted ticket. */
  restore_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/restore","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":true},
  /** Deletes the earlier titles or descriptions of a ticket permanently, or its attachments with their names. The current title and description stay, so edit them first. The audit log records the purge without the text. */
  purge_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/purge","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Assigns a ticket to a member, or to nobody. */
  set_assignee: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/assignee","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Places a ticket by hand among the others of its status. Neither its version nor its updated_at changes, and nobody is notified. If it is there already, no event is recorded. */
  place_ticket: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/place","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Moves a ticket to another status and sets resolution, assignee and comment in the same call: all of it, or none. */
  transition_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/transitions","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Lists a ticket’s status history, first transition first. */
  list_transitions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/transitions","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes up to 100 tickets, each as its own operation would: with the same rules, history and audit entry. A refused change does not prevent the others, unless `all_or_nothing` is true. */
  change_tickets: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/bulk","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Returns one transition of a ticket by its number in the status history. */
  get_transition: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/transitions/{sequence}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Lists the transitions of all tickets of a project, newest first, those of deleted tickets included. */
  list_project_transitions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/transitions","query":["limit","cursor","fields","created_after","created_before"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Counts the tickets that were created, completed and reopened in each part of a period, and those in each status at its end. */
  get_flow: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/analytics/flow","query":["from","to","time_zone","every","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns how long the tickets that were completed in a period took, and how long they were in each status. A ticket that was completed several times in the period counts once, with the last time. It does not count if it was reopened after that, still in the period. */
  get_times: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/analytics/times","query":["from","to","time_zone","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns how old unfinished tickets are, and for how long they have been in their status. */
  get_ageing: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/analytics/ageing","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Lists what happened to a ticket and its comments, newest first: creation, edits with before and after, transitions, assignments, comments and reactions to them. */
  list_activity: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/activity","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Creates a view: a named list or board with its filters and order. */
  create_view: {"method":"POST","path":"/v1/workspaces/{workspace_id}/views","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists the caller’s views and the shared ones, oldest first. */
  list_views: {"method":"GET","path":"/v1/workspaces/{workspace_id}/views","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a view, and the values in its query that the workspace no longer has. */
  get_view: {"method":"GET","path":"/v1/workspaces/{workspace_id}/views/{view_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes a view. Its owner may do so and, if it is shared, owners and admins of the workspace. A query is replaced as a whole. */
  update_view: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/views/{view_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Deletes a view. It can be restored for a while. */
  delete_view: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/views/{view_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Restores a deleted view as it was. */
  restore_view: {"method":"POST","path":"/v1/workspaces/{workspace_id}/views/{view_id}/restore","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":true},
  /** Adds a comment to a ticket. The ticket’s version stays the same, so comments never conflict with edits. */
  create_comment: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists a ticket’s comments, oldest first, including those added by transitions and those deleted. */
  list_comments: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a comment. */
  get_comment: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Edits a comment based on a version. Only its author may; admins can read every earlier text. */
  update_comment: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Deletes a comment: its place in the list stays, without its text. Only its author and admins may. */
  delete_comment: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Lists the earlier texts of a comment, oldest first, with author and time. */
  list_comment_revisions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/revisions","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Lists who has reacted to a comment and with which emoji, oldest reaction first. */
  list_reactions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/reactions","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Reacts to a comment with an emoji. Sending it again changes nothing. It never conflicts with an edit, and nobody is notified. */
  add_reaction: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/reactions/{emoji}","query":[],"headers":["idempotency_key"],"body":false,"returns":true},
  /** Removes the caller’s reaction to a comment. Without one it changes nothing. */
  remove_reaction: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/reactions/{emoji}","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Deletes a comment and all its earlier texts permanently. The audit log records the purge without the text. */
  purge_comment: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/purge","query":[],"headers":["idempotency_key"],"body":false,"returns":true},
  /** Adds a file to a ticket. The body is the file, byte for byte; its name is in the query. */
  add_attachment: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/attachments","query":["name"],"headers":["idempotency_key"],"body":true,"sends":"bytes","returns":true},
  /** Lists a ticket’s attachments, oldest first. */
  list_attachments: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/attachments","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns an attachment’s name, type, size and hash, without its bytes. */
  get_attachment: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/attachments/{attachment_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Removes a file from a ticket, and deletes its bytes permanently. The member who added it may do so, and admins. */
  remove_attachment: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/attachments/{attachment_id}","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Returns a signed address of the file. It is valid for five minutes, and only while the caller may read the attachment. */
  get_attachment_link: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/attachments/{attachment_id}/link","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Creates an API token for the caller or, if the caller is an owner or admin, for a bot. Only this response contains the token itself; the same request sent again under its Idempotency-Key returns it again. */
  create_token: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tokens","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists the live tokens, newest first: the caller’s own, and for owners and admins everybody’s. */
  list_tokens: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tokens","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a token, without its secret. */
  get_token: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tokens/{token_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Revokes a token. After the response, no request that used the token can commit anything. */
  revoke_token: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tokens/{token_id}","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Lists the audit log, newest entry first. */
  list_audit: {"method":"GET","path":"/v1/workspaces/{workspace_id}/audit","query":["limit","cursor","fields","actor","action","subject","subject_type","created_after","created_before"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns the log’s last signed checkpoint: its size and the root of its tree (C2SP tlog-checkpoint). */
  get_audit_checkpoint: {"method":"GET","path":"/v1/workspaces/{workspace_id}/audit/checkpoint","query":[],"headers":["if_none_match"],"body":false,"returns":true,"media":"text"},
  /** Returns a tile of the log: hashes of its tree, or the entries themselves (C2SP tlog-tiles). */
  get_audit_tile: {"method":"GET","path":"/v1/workspaces/{workspace_id}/audit/tile/{level}/{tile}","query":[],"headers":["if_none_match"],"body":false,"returns":true,"media":"bytes"},
  /** Returns a proof that a signed checkpoint includes this event (C2SP tlog-proof). */
  get_audit_proof: {"method":"GET","path":"/v1/workspaces/{workspace_id}/audit/{sequence}/proof","query":[],"headers":["if_none_match"],"body":false,"returns":true,"media":"text"},
  /** Returns the log’s next events, one JSON line each, with everything needed to verify them. */
  export_audit: {"method":"GET","path":"/v1/workspaces/{workspace_id}/audit/export","query":["after","limit"],"headers":["if_none_match"],"body":false,"returns":true,"media":"text"},
  /** Returns the events after an offset, oldest first: each once, in the same order for everybody. */
  read_events: {"method":"GET","path":"/v1/workspaces/{workspace_id}/events","query":["fields","limit","after","wait","types","project_id","ticket"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Lists the caller’s notifications, latest first. */
  list_notifications: {"method":"GET","path":"/v1/workspaces/{workspace_id}/notifications","query":["limit","cursor","fields","folder","kind"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Counts the caller’s unread notifications. */
  get_unread_count: {"method":"GET","path":"/v1/workspaces/{workspace_id}/notifications/unread-count","query":[],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns one of the caller’s notifications. */
  get_notification: {"method":"GET","path":"/v1/workspaces/{workspace_id}/notifications/{notification_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Marks one of the caller’s notifications as read or unread, archives or unarchives it, or snoozes it. */
  update_notification: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/notifications/{notification_id}","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Marks a notification and all earlier ones as read, of all tickets or of one. */
  read_notifications: {"method":"POST","path":"/v1/workspaces/{workspace_id}/notifications/read","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Returns the caller’s notification settings in this workspace. */
  get_notification_settings: {"method":"GET","path":"/v1/workspaces/{workspace_id}/notification-settings","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes the caller’s notification settings. They apply to what happens from then on. */
  update_notification_settings: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/notification-settings","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Returns whether the caller watches a ticket, and why. */
  get_watching: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/watching","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Makes the caller watch a ticket, mutes it for them, or returns to `automatic`. */
  set_watching: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/watching","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists the people who watch a ticket: its reporter, its assignee, those who commented or were mentioned, and those who chose to. */
  list_watchers: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/watchers","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Creates a webhook: what happens from now on is sent to its address. The response contains the secret. */
  create_webhook: {"method":"POST","path":"/v1/workspaces/{workspace_id}/webhooks","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Lists webhooks, oldest first. */
  list_webhooks: {"method":"GET","path":"/v1/workspaces/{workspace_id}/webhooks","query":["limit","cursor","fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a webhook, without its secret. */
  get_webhook: {"method":"GET","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Changes a webhook, pauses it, or resumes it from where it stopped. */
  update_webhook: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}","query":[],"headers":["if_match","idempotency_key"],"body":true,"returns":true},
  /** Deletes a webhook. Events that have not been delivered by then never are. */
  delete_webhook: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}","query":[],"headers":["if_match","idempotency_key"],"body":false,"returns":false},
  /** Gives a webhook a new secret, which the response contains. For a while, messages are signed with both. */
  rotate_webhook_secret: {"method":"POST","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}/secrets","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
  /** Sends a webhook the event `webhook.pinged`, whatever its types and projects. */
  ping_webhook: {"method":"POST","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}/pings","query":[],"headers":["idempotency_key"],"body":false,"returns":false},
  /** Lists the deliveries of a webhook, latest event first. */
  list_deliveries: {"method":"GET","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}/deliveries","query":["limit","cursor","fields","state"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Returns a delivery with its attempts and their responses. */
  get_delivery: {"method":"GET","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}/deliveries/{delivery_id}","query":["fields"],"headers":["if_none_match"],"body":false,"returns":true},
  /** Sends events again, with the same ids: one delivery, or all the webhook’s events in a range of offsets. */
  redeliver: {"method":"POST","path":"/v1/workspaces/{workspace_id}/webhooks/{webhook_id}/redeliveries","query":[],"headers":["idempotency_key"],"body":true,"returns":true},
};
