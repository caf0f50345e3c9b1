// Generated from server/openapi.json by `npm run generate`.

export type AccountAuditAction = "registered" | "logged_in" | "logged_out" | "session_revoked" | "password_changed" | "password_reset" | "sign_in_failed" | "password_change_failed" | "account_added" | "account_disabled" | "account_enabled" | "email_changed" | "password_reset_offered" | "refresh_token_reused" | (string & {});

export type AccountAuditEntry = { "id": string; "action": AccountAuditAction; "detail": Record<string, unknown>; "request_id": string; "ip": string | null; "created_at": string; };

export type ActivityEntry = { "id": string; "actor_id": string; "action": AuditAction; "subject_type": "ticket" | "comment" | (string & {}); "subject_id": string; "version": number | null; "before": Record<string, unknown> | null; "after": Record<string, unknown> | null; "created_at": string; };

export type AuditAction = "workspace.created" | "workspace.updated" | "workspace.deleted" | "invitation.created" | "invitation.revoked" | "invitation.accepted" | "member.role_changed" | "member.removed" | "member.left" | "project.created" | "project.updated" | "project.archived" | "project.unarchived" | "workflow.replaced" | "ticket.created" | "ticket.updated" | "ticket.transitioned" | "ticket.remapped" | "ticket.assignee_changed" | "ticket.deleted" | "ticket.restored" | "ticket.purged" | "comment.created" | "comment.updated" | "comment.deleted" | "comment.purged" | (string & {});

export type AuditEntry = { "id": string; "actor_id": string; "action": AuditAction; "subject_type": AuditSubjectType; "subject_id": string; "subject_version": number | null; "before": Record<string, unknown> | null; "after": Record<string, unknown> | null; "request_id": string; "created_at": string; };

export type AuditSubjectType = "workspace" | "invitation" | "member" | "project" | "workflow" | "ticket" | "comment" | (string & {});

export type Comment = { "id": string; "ticket_id": string; "author_id": string; "body": string; "version": number; "created_at": string; "edited_at": string | null; "deleted_at": string | null; "deleted_by": string | null; "purged_at": string | null; };

export type CommentRevision = { "version": number; "author_id": string; "body": string; "created_at": string; };

export type ConflictProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "conflict"; "current_version": number; "current_status"?: string; "allowed_transitions"?: Array<string>; "assignee_id"?: string | null; [member: string]: unknown; };

export type EditConflictProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "edit_conflict"; "current_version": number; "fields": Record<string, { "base": unknown; "mine": unknown; "theirs": unknown; }>; [member: string]: unknown; };

export type FieldsRequiredProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "fields_required"; "missing": Array<"resolution" | "assignee_id" | "comment">; [member: string]: unknown; };

export type ForbiddenProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "forbidden"; "role"?: Role; "required"?: Array<Role>; "from"?: string; "to"?: string; [member: string]: unknown; };

export type Invitation = { "id": string; "email": string; "role": Role; "invited_by": string; "created_at": string; "expires_at": string; };

export type ListedTicket = { "id": string; "key": string; "project_id": string; "number": number; "title": string; "status": string; "status_category": StatusCategory; "resolution": string | null; "priority": Priority; "labels": Array<string>; "assignee_id": string | null; "reporter_id": string; "due_on": string | null; "version": number; "created_at": string; "updated_at": string; "last_activity_at": string; "deleted_at": string | null; "allowed_transitions": Array<string>; "excerpt": string; "description"?: string; };

export type MappingTooLargeProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "mapping_too_large"; "tickets": number; "max_tickets": number; [member: string]: unknown; };

export type Member = { "user_id": string; "name": string; "email": string; "role": Role; "version": number; "created_at": string; "updated_at": string; };

export type NewInvitation = { "id": string; "email": string; "role": Role; "invited_by": string; "created_at": string; "expires_at": string; "token": string; };

export type Person = { "user_id": string; "name": string; "role": Role | null; "former": boolean; "created_at": string; };

export type PlainProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "malformed_json" | "malformed_request" | "idempotency_key_unsupported" | "invalid_cursor" | "unauthenticated" | "invalid_token" | "session_ended" | "invalid_credentials" | "invalid_reset_token" | "invalid_refresh_token" | "registration_closed" | "invitation_required" | "not_found" | "method_not_allowed" | "request_timeout" | "email_taken" | "already_member" | "invitation_pending" | "last_owner" | "project_key_taken" | "project_archived" | "body_too_large" | "uri_too_long" | "unsupported_media_type" | "expectation_failed" | "assignee_not_member" | "precondition_required" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "database_unavailable" | "outcome_unknown" | "shutting_down"; [member: string]: unknown; };

export type PreconditionFailedProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "precondition_failed"; "current_version"?: number; "current_status"?: string; "allowed_transitions"?: Array<string>; "assignee_id"?: string | null; "fields"?: Record<string, { "base": unknown; "mine": unknown; "theirs": unknown; }>; [member: string]: unknown; };

export type Priority = "none" | "low" | "medium" | "high" | "urgent";

export type Problem = PlainProblem | ForbiddenProblem | ConflictProblem | StatusInUseProblem | ResolutionInUseProblem | MappingTooLargeProblem | TransitionNotAllowedProblem | EditConflictProblem | QuotaExceededProblem | PreconditionFailedProblem | ValidationFailedProblem | FieldsRequiredProblem;

export type Project = { "id": string; "key": string; "name": string; "workflow_version": number; "version": number; "created_by": string; "created_at": string; "updated_at": string; "archived_at": string | null; };

export type ProjectTransition = { "id": string; "ticket_id": string; "sequence": number; "from_status": string; "to_status": string; "resolution": string | null; "comment_id": string | null; "actor_id": string; "remapped": boolean; "created_at": string; "ticket_key": string; };

export type QuotaExceededProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "quota_exceeded"; "quota": "workspaces_per_account" | "members_per_workspace" | "open_invitations_per_workspace" | "projects_per_workspace" | "workflow_versions_per_project" | "tickets_per_project" | "mib_per_workspace"; "limit": number; [member: string]: unknown; };

export type ResolutionInUseProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "resolution_in_use"; "resolutions": Array<{ "status": string; "resolution": string; "tickets": number; }>; [member: string]: unknown; };

export type Role = "owner" | "admin" | "member" | "viewer";

export type Session = { "id": string; "current": boolean; "user_agent": string | null; "ip": string | null; "created_at": string; "refreshed_at": string; "expires_at": string; };

export type StatusCategory = "todo" | "in_progress" | "waiting" | "done";

export type StatusInUseProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "status_in_use"; "statuses"?: Array<{ "status": string; "tickets": number; }>; [member: string]: unknown; };

export type Ticket = { "id": string; "key": string; "project_id": string; "number": number; "title": string; "description": string; "status": string; "status_category": StatusCategory; "resolution": string | null; "priority": Priority; "labels": Array<string>; "assignee_id": string | null; "reporter_id": string; "due_on": string | null; "version": number; "created_at": string; "updated_at": string; "last_activity_at": string; "deleted_at": string | null; "allowed_transitions": Array<string>; };

export type Tokens = { "user": User; "access_token": string; "token_type": "Bearer"; "expires_in": number; "refresh_token": string; };

export type Transition = { "id": string; "ticket_id": string; "sequence": number; "from_status": string; "to_status": string; "resolution": string | null; "comment_id": string | null; "comment": string | null; "actor_id": string; "remapped": boolean; "created_at": string; };

export type TransitionNotAllowedProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "transition_not_allowed"; "from": string; "to": string; "current_version": number; "current_status": string; "allowed_transitions": Array<string>; [member: string]: unknown; };

export type User = { "id": string; "email": string; "name": string; "version": number; "created_at": string; "updated_at": string; };

export type ValidationFailedProblem = { "type": string; "title": string; "status": number; "detail"?: string; "code": "validation_failed"; "current_version"?: number; "current_status"?: string; "allowed_transitions"?: Array<string>; "assignee_id"?: string | null; "errors": Array<{ "pointer"?: string; "parameter"?: string; "detail": string; }>; [member: string]: unknown; };

export type Workflow = { "project_id": string; "version": number; "statuses": Array<WorkflowStatus>; "initial": Array<string>; "transitions": Array<WorkflowTransitionOutput>; "resolutions": Array<string>; };

export type WorkflowDefinition = { "statuses": Array<WorkflowStatus>; "initial": Array<string>; "transitions": Array<WorkflowTransition>; "resolutions"?: Array<string>; };

export type WorkflowStatus = { "key": string; "name": string; "category": "todo" | "in_progress" | "waiting" | "done"; };

export type WorkflowTransition = { "from": string; "to": string; "roles"?: Array<"owner" | "admin" | "member">; "requires"?: Array<"resolution" | "assignee_id" | "comment">; };

export type WorkflowTransitionOutput = { "from": string; "to": string; "roles": Array<"owner" | "admin" | "member">; "requires": Array<"resolution" | "assignee_id" | "comment">; };

export type Workspace = { "id": string; "name": string; "role": Role; "version": number; "created_at": string; "updated_at": string; };

export interface Operations {
  /** Creates an account and signs in. */
  register: { input: { body: { "email": string; "password": string; "name": string; "invitation_token"?: string; }; }; output: Tokens };
  /** Signs in with e-mail address and password. */
  login: { input: { body: { "email": string; "password": string; }; }; output: Tokens };
  /** Exchanges a refresh token for new tokens. A second use within seconds returns the same successor; a later one ends the session. */
  refresh: { input: { body: { "refresh_token": string; }; }; output: Tokens };
  /** Sets a new password with a one-time token from the operator, and ends every session. */
  reset_password: { input: { body: { "token": string; "new_password": string; }; }; output: undefined };
  /** Returns who may call which operation: the table every request is checked against. */
  get_policy: { input: Record<string, never>; output: { "operations": Array<{ "id": string; "method": "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; "path": string; "access": "public" | "account" | Array<Role>; }>; } };
  /** Returns 200 while the process is responsive, regardless of the database. */
  get_livez: { input: Record<string, never>; output: { "status": "ok"; "version": string; } };
  /** Returns 200 while the server can serve requests: the database responds and the process is not stopping. */
  get_readyz: { input: Record<string, never>; output: { "status": "ok"; } };
  /** Ends the session of this request; its access tokens stop working at once. */
  logout: { input: Record<string, never>; output: undefined };
  /** Returns the caller’s account. */
  get_me: { input: Record<string, never>; output: User };
  /** Changes the caller’s name. */
  update_me: { input: { if_match?: string; body: { "name": string; }; }; output: User };
  /** Changes the password, ends every other session, and returns new tokens for this one. */
  change_password: { input: { body: { "current_password": string; "new_password": string; }; }; output: Tokens };
  /** Lists the caller’s live sessions, newest first. */
  list_sessions: { input: { limit?: number; cursor?: string; }; output: { "data": Array<Session>; "next_cursor": string | null; } };
  /** Revokes one of the caller’s sessions. */
  revoke_session: { input: { session_id: string; }; output: undefined };
  /** Lists security events of the caller’s account, newest first. */
  list_my_audit: { input: { limit?: number; cursor?: string; }; output: { "data": Array<AccountAuditEntry>; "next_cursor": string | null; } };
  /** Accepts an invitation sent to the caller’s e-mail address. */
  accept_invitation: { input: { body: { "token": string; }; }; output: Workspace };
  /** Creates a workspace and makes the caller its owner. */
  create_workspace: { input: { body: { "name": string; }; }; output: Workspace };
  /** Lists the workspaces the caller is a member of, oldest membership first. */
  list_workspaces: { input: { limit?: number; cursor?: string; }; output: { "data": Array<Workspace>; "next_cursor": string | null; } };
  /** Returns a workspace. */
  get_workspace: { input: { workspace_id: string; }; output: Workspace };
  /** Renames a workspace. */
  update_workspace: { input: { workspace_id: string; if_match?: string; body: { "name": string; "version"?: number; }; }; output: Workspace };
  /** Deletes a workspace. Nobody can see or use it any more. */
  delete_workspace: { input: { workspace_id: string; if_match?: string; }; output: undefined };
  /** Lists members, oldest membership first. */
  list_members: { input: { workspace_id: string; limit?: number; cursor?: string; }; output: { "data": Array<Member>; "next_cursor": string | null; } };
  /** Lists the names of everybody who is or was a member: whoever an id in this workspace may stand for. */
  list_people: { input: { workspace_id: string; limit?: number; cursor?: string; ids?: string; }; output: { "data": Array<Person>; "next_cursor": string | null; } };
  /** Changes a member’s role. Only owners can appoint or demote owners. */
  update_member: { input: { workspace_id: string; user_id: string; if_match?: string; body: { "role": Role; }; }; output: Member };
  /** Removes a member from the workspace; members can remove themselves. Their tickets become unassigned. */
  remove_member: { input: { workspace_id: string; user_id: string; if_match?: string; }; output: undefined };
  /** Invites an e-mail address. The response contains the token, which is shown only once. */
  create_invitation: { input: { workspace_id: string; body: { "email": string; "role": Role; }; }; output: NewInvitation };
  /** Lists pending invitations, oldest first. */
  list_invitations: { input: { workspace_id: string; limit?: number; cursor?: string; }; output: { "data": Array<Invitation>; "next_cursor": string | null; } };
  /** Revokes an invitation. */
  revoke_invitation: { input: { workspace_id: string; invitation_id: string; }; output: undefined };
  /** Creates a project with a key and a workflow: a preset or a definition. */
  create_project: { input: { workspace_id: string; body: { "key": string; "name": string; "workflow"?: "strict" | "standard" | WorkflowDefinition; }; }; output: Project };
  /** Lists projects, oldest first. */
  list_projects: { input: { workspace_id: string; limit?: number; cursor?: string; archived?: "true" | "false"; }; output: { "data": Array<Project>; "next_cursor": string | null; } };
  /** Returns a project. */
  get_project: { input: { workspace_id: string; project_id: string; }; output: Project };
  /** Renames, archives or unarchives a project. Its key never changes, so links to tickets stay valid. */
  update_project: { input: { workspace_id: string; project_id: string; if_match?: string; body: { "name"?: string; "archived"?: boolean; "version"?: number; }; }; output: Project };
  /** Archives a project: its tickets become read-only. */
  archive_project: { input: { workspace_id: string; project_id: string; if_match?: string; }; output: undefined };
  /** Returns the project’s current workflow. */
  get_workflow: { input: { workspace_id: string; project_id: string; }; output: Workflow };
  /** Replaces the project’s workflow with a new version. A status that has tickets cannot be dropped. */
  replace_workflow: { input: { workspace_id: string; project_id: string; if_match?: string; body: { "statuses": Array<WorkflowStatus>; "initial": Array<string>; "transitions": Array<WorkflowTransition>; "resolutions"?: Array<string>; "version"?: number; "mapping"?: { "statuses"?: Record<string, string>; "resolutions"?: Record<string, string | null>; }; "on_stale"?: "refuse" | "clear"; }; }; output: Workflow };
  /** Creates a ticket with the project’s next number, in an initial status of its workflow. */
  create_ticket: { input: { workspace_id: string; project_id: string; body: { "title": string; "description"?: string; "priority"?: Priority; "labels"?: Array<string>; "assignee_id"?: string | null; "due_on"?: string | null; "status"?: string; }; }; output: Ticket };
  /** Lists tickets, by default newest first. */
  list_tickets: { input: { workspace_id: string; limit?: number; cursor?: string; project_id?: string; status?: string; assignee?: (string & {}) | "me" | "none"; reporter?: (string & {}) | "me"; priority?: Priority; label?: string; created_after?: string | string; created_before?: string | string; updated_after?: string | string; updated_before?: string | string; active_after?: string | string; active_before?: string | string; deleted?: "true" | "false"; archived?: "false" | "true" | "any"; fields?: string; sort?: "-created_at" | "created_at" | "-updated_at" | "updated_at" | "-last_activity_at" | "last_activity_at"; }; output: { "data": Array<ListedTicket>; "next_cursor": string | null; } };
  /** Returns a ticket by id or key. */
  get_ticket: { input: { workspace_id: string; ticket: string; }; output: Ticket };
  /** Edits a ticket based on a version. Newer edits of other fields are merged; newer edits of the same fields are a conflict. */
  update_ticket: { input: { workspace_id: string; ticket: string; if_match?: string; body: { "title"?: string; "description"?: string; "priority"?: Priority; "labels"?: Array<string>; "labels_add"?: Array<string>; "labels_remove"?: Array<string>; "due_on"?: string | null; "version"?: number; }; }; output: Ticket };
  /** Deletes a ticket. It can be restored. */
  delete_ticket: { input: { workspace_id: string; ticket: string; if_match?: string; }; output: undefined };
  /** Restores a deleted ticket. */
  restore_ticket: { input: { workspace_id: string; ticket: string; if_match?: string; }; output: Ticket };
  /** Deletes the earlier titles or descriptions of a ticket permanently. The current ones stay: edit them first. The audit log says that it happened, without the text. */
  purge_ticket: { input: { workspace_id: string; ticket: string; body: { "fields": Array<"title" | "description">; }; }; output: Ticket };
  /** Assigns a ticket to a member, or to nobody. */
  set_assignee: { input: { workspace_id: string; ticket: string; if_match?: string; body: { "assignee_id"?: string | null; "version"?: number; "user_id"?: string | null; "expected_version"?: number; }; }; output: Ticket };
  /** Moves a ticket to another status and sets resolution, assignee and comment in the same call: all of it, or none. */
  transition_ticket: { input: { workspace_id: string; ticket: string; if_match?: string; body: { "to": string; "version"?: number; "expected_version"?: number; "resolution"?: string; "assignee_id"?: string | null; "comment"?: string; }; }; output: { "transition": Transition; "ticket": Ticket; } };
  /** Lists a ticket’s status history, first transition first. */
  list_transitions: { input: { workspace_id: string; ticket: string; limit?: number; cursor?: string; }; output: { "data": Array<Transition>; "next_cursor": string | null; } };
  /** Lists the transitions of all tickets of a project, newest first, those of deleted tickets included. */
  list_project_transitions: { input: { workspace_id: string; project_id: string; limit?: number; cursor?: string; }; output: { "data": Array<ProjectTransition>; "next_cursor": string | null; } };
  /** Lists what happened to a ticket and its comments, newest first: creation, edits with before and after, transitions, assignments, comments. */
  list_activity: { input: { workspace_id: string; ticket: string; limit?: number; cursor?: string; }; output: { "data": Array<ActivityEntry>; "next_cursor": string | null; } };
  /** Adds a comment to a ticket. The ticket’s version stays the same, so comments never conflict with edits. */
  create_comment: { input: { workspace_id: string; ticket: string; body: { "body": string; }; }; output: Comment };
  /** Lists a ticket’s comments, oldest first, including those added by transitions and those deleted. */
  list_comments: { input: { workspace_id: string; ticket: string; limit?: number; cursor?: string; }; output: { "data": Array<Comment>; "next_cursor": string | null; } };
  /** Returns a comment. */
  get_comment: { input: { workspace_id: string; ticket: string; comment_id: string; }; output: Comment };
  /** Edits a comment based on a version. Only its author may; admins can read every earlier text. */
  update_comment: { input: { workspace_id: string; ticket: string; comment_id: string; if_match?: string; body: { "body": string; "version"?: number; }; }; output: Comment };
  /** Deletes a comment: its place in the list stays, without its text. Its author may, and admins. */
  delete_comment: { input: { workspace_id: string; ticket: string; comment_id: string; if_match?: string; }; output: undefined };
  /** Lists the earlier texts of a comment, oldest first, with author and time. */
  list_comment_revisions: { input: { workspace_id: string; ticket: string; comment_id: string; limit?: number; cursor?: string; }; output: { "data": Array<CommentRevision>; "next_cursor": string | null; } };
  /** Deletes a comment and every earlier text of it permanently. The audit log says that it happened, without the text. */
  purge_comment: { input: { workspace_id: string; ticket: string; comment_id: string; }; output: Comment };
  /** Lists the audit log, newest entry first. */
  list_audit: { input: { workspace_id: string; limit?: number; cursor?: string; actor?: string; action?: "workspace.created" | "workspace.updated" | "workspace.deleted" | "invitation.created" | "invitation.revoked" | "invitation.accepted" | "member.role_changed" | "member.removed" | "member.left" | "project.created" | "project.updated" | "project.archived" | "project.unarchived" | "workflow.replaced" | "ticket.created" | "ticket.updated" | "ticket.transitioned" | "ticket.remapped" | "ticket.assignee_changed" | "ticket.deleted" | "ticket.restored" | "ticket.purged" | "comment.created" | "comment.updated" | "comment.deleted" | "comment.purged"; subject?: string; subject_type?: "workspace" | "invitation" | "member" | "project" | "workflow" | "ticket" | "comment"; created_after?: string | string; created_before?: string | string; }; output: { "data": Array<AuditEntry>; "next_cursor": string | null; } };
}

interface Call {
  method: string;
  path: string;
  query: readonly string[];
  headers: readonly string[];
  /** Whether it takes a body. */
  body: boolean;
  /** Whether a success has a body. */
  returns: boolean;
}

export const operations: Record<keyof Operations, Call> = {
  register: {"method":"POST","path":"/v1/auth/register","query":[],"headers":[],"body":true,"returns":true},
  login: {"method":"POST","path":"/v1/auth/login","query":[],"headers":[],"body":true,"returns":true},
  refresh: {"method":"POST","path":"/v1/auth/refresh","query":[],"headers":[],"body":true,"returns":true},
  reset_password: {"method":"POST","path":"/v1/auth/reset-password","query":[],"headers":[],"body":true,"returns":false},
  get_policy: {"method":"GET","path":"/v1/policy","query":[],"headers":[],"body":false,"returns":true},
  get_livez: {"method":"GET","path":"/livez","query":[],"headers":[],"body":false,"returns":true},
  get_readyz: {"method":"GET","path":"/readyz","query":[],"headers":[],"body":false,"returns":true},
  logout: {"method":"POST","path":"/v1/auth/logout","query":[],"headers":[],"body":false,"returns":false},
  get_me: {"method":"GET","path":"/v1/me","query":[],"headers":[],"body":false,"returns":true},
  update_me: {"method":"PATCH","path":"/v1/me","query":[],"headers":["if_match"],"body":true,"returns":true},
  change_password: {"method":"PUT","path":"/v1/me/password","query":[],"headers":[],"body":true,"returns":true},
  list_sessions: {"method":"GET","path":"/v1/sessions","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  revoke_session: {"method":"DELETE","path":"/v1/sessions/{session_id}","query":[],"headers":[],"body":false,"returns":false},
  list_my_audit: {"method":"GET","path":"/v1/me/audit","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  accept_invitation: {"method":"POST","path":"/v1/invitations/accept","query":[],"headers":[],"body":true,"returns":true},
  create_workspace: {"method":"POST","path":"/v1/workspaces","query":[],"headers":[],"body":true,"returns":true},
  list_workspaces: {"method":"GET","path":"/v1/workspaces","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  get_workspace: {"method":"GET","path":"/v1/workspaces/{workspace_id}","query":[],"headers":[],"body":false,"returns":true},
  update_workspace: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}","query":[],"headers":["if_match"],"body":true,"returns":true},
  delete_workspace: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}","query":[],"headers":["if_match"],"body":false,"returns":false},
  list_members: {"method":"GET","path":"/v1/workspaces/{workspace_id}/members","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  list_people: {"method":"GET","path":"/v1/workspaces/{workspace_id}/people","query":["limit","cursor","ids"],"headers":[],"body":false,"returns":true},
  update_member: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/members/{user_id}","query":[],"headers":["if_match"],"body":true,"returns":true},
  remove_member: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/members/{user_id}","query":[],"headers":["if_match"],"body":false,"returns":false},
  create_invitation: {"method":"POST","path":"/v1/workspaces/{workspace_id}/invitations","query":[],"headers":[],"body":true,"returns":true},
  list_invitations: {"method":"GET","path":"/v1/workspaces/{workspace_id}/invitations","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  revoke_invitation: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/invitations/{invitation_id}","query":[],"headers":[],"body":false,"returns":false},
  create_project: {"method":"POST","path":"/v1/workspaces/{workspace_id}/projects","query":[],"headers":[],"body":true,"returns":true},
  list_projects: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects","query":["limit","cursor","archived"],"headers":[],"body":false,"returns":true},
  get_project: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}","query":[],"headers":[],"body":false,"returns":true},
  update_project: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/projects/{project_id}","query":[],"headers":["if_match"],"body":true,"returns":true},
  archive_project: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/projects/{project_id}","query":[],"headers":["if_match"],"body":false,"returns":false},
  get_workflow: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/workflow","query":[],"headers":[],"body":false,"returns":true},
  replace_workflow: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/workflow","query":[],"headers":["if_match"],"body":true,"returns":true},
  create_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/tickets","query":[],"headers":[],"body":true,"returns":true},
  list_tickets: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets","query":["limit","cursor","project_id","status","assignee","reporter","priority","label","created_after","created_before","updated_after","updated_before","active_after","active_before","deleted","archived","fields","sort"],"headers":[],"body":false,"returns":true},
  get_ticket: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}","query":[],"headers":[],"body":false,"returns":true},
  update_ticket: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}","query":[],"headers":["if_match"],"body":true,"returns":true},
  delete_ticket: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}","query":[],"headers":["if_match"],"body":false,"returns":false},
  restore_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/restore","query":[],"headers":["if_match"],"body":false,"returns":true},
  purge_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/purge","query":[],"headers":[],"body":true,"returns":true},
  set_assignee: {"method":"PUT","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/assignee","query":[],"headers":["if_match"],"body":true,"returns":true},
  transition_ticket: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/transitions","query":[],"headers":["if_match"],"body":true,"returns":true},
  list_transitions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/transitions","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  list_project_transitions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/projects/{project_id}/transitions","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  list_activity: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/activity","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  create_comment: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments","query":[],"headers":[],"body":true,"returns":true},
  list_comments: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  get_comment: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}","query":[],"headers":[],"body":false,"returns":true},
  update_comment: {"method":"PATCH","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}","query":[],"headers":["if_match"],"body":true,"returns":true},
  delete_comment: {"method":"DELETE","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}","query":[],"headers":["if_match"],"body":false,"returns":false},
  list_comment_revisions: {"method":"GET","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/revisions","query":["limit","cursor"],"headers":[],"body":false,"returns":true},
  purge_comment: {"method":"POST","path":"/v1/workspaces/{workspace_id}/tickets/{ticket}/comments/{comment_id}/purge","query":[],"headers":[],"body":false,"returns":true},
  list_audit: {"method":"GET","path":"/v1/workspaces/{workspace_id}/audit","query":["limit","cursor","actor","action","subject","subject_type","created_after","created_before"],"headers":[],"body":false,"returns":true},
};
