// Generated from server/openapi.json by `npm run generate`.

export interface components {
    schemas: {
        /** @enum {string} */
        Role: "owner" | "admin" | "member" | "viewer";
        WorkflowDefinition: {
            statuses: components["schemas"]["WorkflowStatus"][];
            /** @description The statuses a ticket may be created in; the first is the default. */
            initial: string[];
            transitions: components["schemas"]["WorkflowTransition"][];
            /** @default [] */
            resolutions?: string[];
        };
        WorkflowStatus: {
            key: string;
            name: string;
            category: components["schemas"]["StatusCategory"];
        };
        /** @enum {string} */
        StatusCategory: "todo" | "in_progress" | "waiting" | "done";
        WorkflowTransition: {
            from: string;
            to: string;
            /**
             * @description The roles that may take this transition.
             * @default [
             *       "owner",
             *       "admin",
             *       "member"
             *     ]
             */
            roles?: ("owner" | "admin" | "member")[];
            /**
             * @description The fields that the ticket or the request must have.
             * @default []
             */
            requires?: ("resolution" | "assignee_id" | "comment")[];
        };
        /** @enum {string} */
        Priority: "none" | "low" | "medium" | "high" | "urgent";
        /** @description Where to place the ticket among the others of its status. Send exactly one of the three. If the named ticket is gone or has another status or project, the ticket is placed at the top. */
        Place: {
            /**
             * Format: uuid
             * @description Right below the ticket with this id.
             */
            after?: string;
            /**
             * Format: uuid
             * @description Right above the ticket with this id.
             */
            before?: string;
            /**
             * @description Above or below all tickets that have the status now. Tickets that are created later stand above them.
             * @enum {string}
             */
            at?: "top" | "bottom";
        };
        /** @description A ticket and exactly one change to it. */
        TicketChange: {
            /** @description A ticket’s id or key. */
            ticket: string;
            /** @description Edits the ticket, as PATCH …/tickets/{ticket} does. */
            update?: {
                title?: string;
                priority?: components["schemas"]["Priority"];
                /** @description All labels. Labels that others have added or removed since are merged. */
                labels?: string[];
                /** @description Labels to add to the current ones; needs no version. */
                labels_add?: string[];
                /** @description Labels to remove from the current ones; needs no version. */
                labels_remove?: string[];
                due_on?: string | null;
                /**
                 * Format: int32
                 * @description The version the edit is based on. Required unless the edit has only `labels_add` and `labels_remove`.
                 */
                version?: number;
            };
            /** @description Assigns the ticket, as PUT …/tickets/{ticket}/assignee does. */
            assign?: {
                assignee_id: string | null;
                /**
                 * Format: int32
                 * @description The version the client has read. Required.
                 */
                version?: number;
            };
            /** @description Moves the ticket to another status, as POST …/tickets/{ticket}/transitions does. */
            transition?: {
                to: string;
                /**
                 * Format: int32
                 * @description Only if the ticket still has this version.
                 */
                version?: number;
                resolution?: string;
                assignee_id?: string | null;
                comment?: string;
            };
            /** @description Deletes the ticket, as DELETE …/tickets/{ticket} does. */
            delete?: {
                /**
                 * Format: int32
                 * @description Only if the ticket still has this version.
                 */
                version?: number;
            };
            /** @description Restores the ticket, as POST …/tickets/{ticket}/restore does. */
            restore?: {
                /**
                 * Format: int32
                 * @description Only if the ticket still has this version.
                 */
                version?: number;
            };
        };
        /** @enum {string} */
        TokenScope: "workspace:read" | "workspace:admin" | "members:read" | "members:admin" | "projects:read" | "projects:admin" | "tickets:read" | "tickets:write" | "views:read" | "views:write" | "audit:read" | "events:read" | "notifications:read" | "notifications:write" | "webhooks:read" | "webhooks:admin";
        /**
         * @description A type of event.
         * @enum {string}
         */
        EventType: "workspace.created" | "workspace.updated" | "workspace.deleted" | "workspace.purged" | "invitation.created" | "invitation.revoked" | "invitation.accepted" | "member.role_changed" | "member.removed" | "member.left" | "bot.created" | "bot.updated" | "bot.removed" | "token.created" | "token.revoked" | "webhook.created" | "webhook.updated" | "webhook.secret_rotated" | "webhook.pinged" | "webhook.redelivered" | "webhook.paused" | "webhook.disabled" | "webhook.deleted" | "view.created" | "view.updated" | "view.deleted" | "view.restored" | "project.created" | "project.updated" | "project.archived" | "project.unarchived" | "workflow.replaced" | "ticket.created" | "ticket.updated" | "ticket.transitioned" | "ticket.remapped" | "ticket.assignee_changed" | "ticket.placed" | "ticket.respaced" | "ticket.deleted" | "ticket.restored" | "ticket.purged" | "comment.created" | "comment.updated" | "comment.reaction_added" | "comment.reaction_removed" | "comment.deleted" | "comment.purged" | "attachment.added" | "attachment.removed";
        /** @description A place in the workspace’s events. Treat it as opaque. The only guarantee: as text, later offsets sort after earlier ones. */
        EventOffset: string;
        Tokens: {
            user: components["schemas"]["User"];
            access_token: string;
            /** @constant */
            token_type: "Bearer";
            /**
             * Format: int32
             * @description Seconds.
             */
            expires_in: number;
            /** @description Single-use: every refresh returns a new one. Absent where it is kept in a cookie. */
            refresh_token?: string;
        };
        User: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /** Format: email */
            email: string;
            /** @description When the address was confirmed by a mail to it. Null means that it wasn’t; then notifications aren’t mailed to it. */
            email_confirmed_at: string | null;
            name: string;
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description An error (RFC 9457). `code` identifies the kind of error and never changes: branch on it. Later versions add codes. */
        Problem: components["schemas"]["PlainProblem"] | components["schemas"]["ForbiddenProblem"] | components["schemas"]["InsufficientScopeProblem"] | components["schemas"]["ConflictProblem"] | components["schemas"]["StatusInUseProblem"] | components["schemas"]["ResolutionInUseProblem"] | components["schemas"]["MappingTooLargeProblem"] | components["schemas"]["TransitionNotAllowedProblem"] | components["schemas"]["EditConflictProblem"] | components["schemas"]["QuotaExceededProblem"] | components["schemas"]["ChangesRefusedProblem"] | components["schemas"]["RedeliveryRefusedProblem"] | components["schemas"]["PreconditionFailedProblem"] | components["schemas"]["ValidationFailedProblem"] | components["schemas"]["FieldsRequiredProblem"];
        PlainProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            code: "malformed_json" | "malformed_request" | "idempotency_key_unsupported" | "invalid_cursor" | "invalid_offset" | "unauthenticated" | "invalid_token" | "session_ended" | "invalid_credentials" | "invalid_reset_token" | "invalid_confirmation_token" | "invalid_refresh_token" | "registration_closed" | "mail_not_configured" | "attachments_not_configured" | "invitation_required" | "cross_origin_request" | "not_found" | "method_not_allowed" | "request_timeout" | "email_taken" | "already_member" | "invitation_pending" | "last_owner" | "project_key_taken" | "project_archived" | "response_gone" | "body_too_large" | "uri_too_long" | "unsupported_media_type" | "range_not_satisfiable" | "expectation_failed" | "idempotency_key_reused" | "assignee_not_member" | "precondition_required" | "rate_limited" | "headers_too_large" | "internal_error" | "overloaded" | "database_unavailable" | "outcome_unknown" | "shutting_down" | (string & {});
        };
        ForbiddenProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "forbidden";
            role?: components["schemas"]["RoleOutput"];
            required?: components["schemas"]["RoleOutput"][];
            from?: string;
            to?: string;
        };
        InsufficientScopeProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "insufficient_scope";
            scopes: components["schemas"]["TokenScopeOutput"][];
            required: components["schemas"]["TokenScopeOutput"] | null;
        };
        ConflictProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "conflict";
            /** Format: int32 */
            current_version: number;
            current_status?: string;
            allowed_transitions?: string[];
            assignee_id?: string | null;
        };
        StatusInUseProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "status_in_use";
            statuses?: {
                status: string;
                /** Format: int32 */
                tickets: number;
            }[];
        };
        ResolutionInUseProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "resolution_in_use";
            resolutions: {
                status: string;
                resolution: string;
                /** Format: int32 */
                tickets: number;
            }[];
        };
        MappingTooLargeProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "mapping_too_large";
            /** Format: int32 */
            tickets: number;
            /** Format: int32 */
            max_tickets: number;
        };
        TransitionNotAllowedProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "transition_not_allowed";
            from: string;
            to: string;
            /** Format: int32 */
            current_version: number;
            current_status: string;
            allowed_transitions: string[];
        };
        EditConflictProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "edit_conflict";
            /** Format: int32 */
            current_version: number;
            fields: {
                [key: string]: {
                    base: unknown;
                    mine: unknown;
                    theirs: unknown;
                    /**
                     * Format: uuid
                     * @description Who changed it last.
                     */
                    by?: string;
                    /**
                     * Format: date-time
                     * @description When it was changed last.
                     */
                    at?: string;
                };
            };
        };
        QuotaExceededProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "quota_exceeded";
            quota: "workspaces_per_account" | "members_per_workspace" | "open_invitations_per_workspace" | "projects_per_workspace" | "workflow_versions_per_project" | "tickets_per_project" | "tokens_per_member" | "webhooks_per_workspace" | "views_per_member" | "shared_views_per_workspace" | "watchers_per_ticket" | "emoji_per_comment" | "attachments_per_ticket" | "attachment_mib_per_workspace" | "mib_per_workspace" | (string & {});
            /** Format: int32 */
            limit: number;
        };
        ChangesRefusedProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "changes_refused";
            refused: {
                /**
                 * Format: int32
                 * @description Its place among the changes, beginning with 0.
                 */
                index: number;
                /** @description The id or key of the ticket that was sent, as responses spell it. */
                ticket: string;
                problem: components["schemas"]["ChangeProblem"];
            }[];
        };
        /** @description Why a change was refused: the problem of the operation that makes this change alone. */
        ChangeProblem: components["schemas"]["PlainProblem"] | components["schemas"]["ForbiddenProblem"] | components["schemas"]["ConflictProblem"] | components["schemas"]["EditConflictProblem"] | components["schemas"]["TransitionNotAllowedProblem"] | components["schemas"]["FieldsRequiredProblem"] | components["schemas"]["ValidationFailedProblem"];
        FieldsRequiredProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "fields_required";
            missing: (("resolution" | "assignee_id" | "comment") | string)[];
        };
        ValidationFailedProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "validation_failed";
            /** Format: int32 */
            current_version?: number;
            current_status?: string;
            allowed_transitions?: string[];
            assignee_id?: string | null;
            errors: {
                /** @description A JSON pointer into the body (RFC 6901). */
                pointer?: string;
                /** @description The name of a parameter of the query or the path. */
                parameter?: string;
                detail: string;
            }[];
        };
        RedeliveryRefusedProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "redelivery_refused";
            reason: "not_wanted" | "too_many_waiting" | (string & {});
        };
        PreconditionFailedProblem: {
            /** @description The error’s documentation. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail?: string;
            /** @constant */
            code: "precondition_failed";
            /** Format: int32 */
            current_version?: number;
            current_status?: string;
            allowed_transitions?: string[];
            assignee_id?: string | null;
            fields?: {
                [key: string]: {
                    base: unknown;
                    mine: unknown;
                    theirs: unknown;
                    /**
                     * Format: uuid
                     * @description Who changed it last.
                     */
                    by?: string;
                    /**
                     * Format: date-time
                     * @description When it was changed last.
                     */
                    at?: string;
                };
            };
        };
        Preferences: {
            /** @description `system` follows the setting of the machine. */
            theme: "system" | "light" | "dark" | (string & {});
            /** @description The height of the rows of a list. */
            density: "comfortable" | "compact" | (string & {});
            /** @description The time zone in which times are shown; null means that of the browser. */
            time_zone: string | null;
            /** @description The language in which dates and numbers are written; null means the client’s default. */
            language: string | null;
            /** @description Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4). */
            single_keys: boolean;
            /** @description The keys that the caller has chosen, by command; at most 100. */
            keys: {
                [key: string]: string;
            };
            /** Format: int32 */
            version: number;
            /** @description When they were last changed; null means never. */
            updated_at: string | null;
        };
        Session: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /** @description Whether this request belongs to the session. */
            current: boolean;
            user_agent: string | null;
            ip: string | null;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            refreshed_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        AccountAuditEntry: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            action: components["schemas"]["AccountAuditAction"];
            detail: {
                [key: string]: unknown;
            };
            request_id: string;
            ip: string | null;
            /** Format: date-time */
            created_at: string;
        };
        /**
         * @description What happened. New actions may be added.
         *
         *     - `registered`: The account was created.
         *     - `name_changed`: The name was changed.
         *     - `logged_in`: Somebody signed in.
         *     - `logged_out`: A session was signed out.
         *     - `session_revoked`: A session was revoked.
         *     - `password_changed`: The password was changed.
         *     - `password_reset`: A new password was set with a one-time token.
         *     - `sign_in_failed`: Sign-ins with a wrong password, or while the account was disabled. One entry an hour; `detail` has `failures` and `last_at`.
         *     - `password_change_failed`: Password changes with a wrong current password. One entry an hour; `detail` has `failures` and `last_at`.
         *     - `account_added`: The operator created the account.
         *     - `account_disabled`: The operator disabled the account, which ended its sessions.
         *     - `account_enabled`: The operator enabled the account again.
         *     - `email_change_requested`: A mail was sent to an e-mail address, to confirm it as the account’s.
         *     - `email_confirmed`: The e-mail address was confirmed with the token of a mail to it.
         *     - `email_changed`: The e-mail address was changed, by the operator or with the token of a mail to it.
         *     - `email_change_failed`: Changes of the e-mail address with a wrong password. One entry an hour; `detail` has `failures` and `last_at`.
         *     - `password_reset_offered`: The operator created a one-time token to set a new password.
         *     - `password_reset_mailed`: Somebody had one-time tokens to set a new password sent to the account’s address. One entry an hour; `detail` has `mails` and `last_at`.
         *     - `refresh_token_reused`: A used refresh token was sent again, which ended its session.
         */
        AccountAuditAction: "registered" | "name_changed" | "logged_in" | "logged_out" | "session_revoked" | "password_changed" | "password_reset" | "sign_in_failed" | "password_change_failed" | "account_added" | "account_disabled" | "account_enabled" | "email_change_requested" | "email_confirmed" | "email_changed" | "email_change_failed" | "password_reset_offered" | "password_reset_mailed" | "refresh_token_reused" | (string & {});
        Workspace: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            name: string;
            /** @description The caller’s role. */
            role: components["schemas"]["RoleOutput"];
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description A write that succeeded with an Idempotency-Key. */
        Outcome: {
            method: "POST" | "PUT" | "PATCH" | "DELETE" | (string & {});
            path: string;
            /**
             * Format: int32
             * @description The status of the response.
             */
            status: number;
            /** @description The Location of what was created. */
            location: string | null;
            /** Format: date-time */
            created_at: string;
        };
        Member: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            user_id: string;
            name: string;
            /** Format: email */
            email: string;
            role: components["schemas"]["RoleOutput"];
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        Person: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            user_id: string;
            name: string;
            /** @description The person’s role; null for a former member. */
            role: components["schemas"]["RoleOutput"] | null;
            /** @description Whether this is a bot, not a person. */
            bot: boolean;
            /** @description Whether the person is no longer a member. */
            former: boolean;
            /**
             * Format: date-time
             * @description When the person last became a member.
             */
            created_at: string;
        };
        Bot: {
            /**
             * Format: uuid
             * @description The bot’s user id, as in `assignee_id`, `reporter_id` and `actor_id`.
             */
            id: string;
            name: string;
            /** @description The limit of what the bot may do. With a token, it may only do what the creator of the token may do too. */
            role: "member" | "viewer" | (string & {});
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        NewInvitation: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /** Format: email */
            email: string;
            role: components["schemas"]["RoleOutput"];
            /**
             * Format: uuid
             * @description A UUID.
             */
            invited_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            token: string;
            /** @description Whether the token is sent to the address by mail. If not, pass it on yourself: the server sends no mail, the caller’s address isn’t confirmed, or the address may not get more mails for now. */
            mailed: boolean;
        };
        Invitation: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /** Format: email */
            email: string;
            role: components["schemas"]["RoleOutput"];
            /**
             * Format: uuid
             * @description A UUID.
             */
            invited_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
        };
        Project: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            key: string;
            name: string;
            /** Format: int32 */
            workflow_version: number;
            /** Format: int32 */
            version: number;
            /**
             * Format: uuid
             * @description A UUID.
             */
            created_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            archived_at: string | null;
        };
        Workflow: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            project_id: string;
            /** Format: int32 */
            version: number;
            statuses: components["schemas"]["WorkflowStatusOutput"][];
            /** @description The statuses a ticket may be created in; the first is the default. */
            initial: string[];
            transitions: components["schemas"]["WorkflowTransitionOutput"][];
            /** @default [] */
            resolutions: string[];
        };
        Ticket: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            key: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            project_id: string;
            /** Format: int32 */
            number: number;
            title: string;
            description: string;
            status: string;
            status_category: components["schemas"]["StatusCategory"];
            resolution: string | null;
            priority: components["schemas"]["Priority"];
            labels: string[];
            assignee_id: string | null;
            /**
             * Format: uuid
             * @description A UUID.
             */
            reporter_id: string;
            due_on: string | null;
            /** @description The position of the ticket among the others of its status. Ranks are compared byte by byte: the lower rank stands above, and of equal ranks the lower id. Until somebody places the ticket, its rank follows from its number, newest first. Placing it changes neither version nor updated_at. */
            rank: string;
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: date-time
             * @description When the ticket was last changed or commented on. A comment changes neither version nor updated_at.
             */
            last_activity_at: string;
            deleted_at: string | null;
            /** @description The statuses the caller may move the ticket to. */
            allowed_transitions: string[];
        };
        ListedTicket: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            key: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            project_id: string;
            /** Format: int32 */
            number: number;
            title: string;
            status: string;
            status_category: components["schemas"]["StatusCategory"];
            resolution: string | null;
            priority: components["schemas"]["Priority"];
            labels: string[];
            assignee_id: string | null;
            /**
             * Format: uuid
             * @description A UUID.
             */
            reporter_id: string;
            due_on: string | null;
            /** @description The position of the ticket among the others of its status. Ranks are compared byte by byte: the lower rank stands above, and of equal ranks the lower id. Until somebody places the ticket, its rank follows from its number, newest first. Placing it changes neither version nor updated_at. */
            rank: string;
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: date-time
             * @description When the ticket was last changed or commented on. A comment changes neither version nor updated_at.
             */
            last_activity_at: string;
            deleted_at: string | null;
            /** @description The statuses the caller may move the ticket to. */
            allowed_transitions: string[];
            /** @description The description’s first 200 characters, on one line. */
            excerpt: string;
            /** @description Only if `fields` names it. */
            description?: string;
        };
        TicketCounts: {
            group_by: "status" | "assignee" | "priority" | "label" | (string & {});
            /** @description The largest first, at most 200. */
            groups: {
                /** @description The status, priority or label, or the assignee’s id; null is nobody. */
                value: string | null;
                /** Format: int32 */
                tickets: number;
            }[];
            /** @description Whether all tickets were counted; otherwise there are more than shown. */
            complete: boolean;
        };
        Label: {
            name: string;
        };
        Board: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            project_id: string;
            /** Format: int32 */
            workflow_version: number;
            /** @description In the order of the workflow. */
            columns: components["schemas"]["BoardColumn"][];
            /** @description The offset of the last event before the moment that the board shows. GET …/events with it as `after` returns all later changes, and perhaps some that the board shows already. Every event of the workspace changes it, and so the ETag; `fields=columns` leaves it out. */
            as_of: components["schemas"]["EventOffset"];
        };
        BoardColumn: {
            status: string;
            category: components["schemas"]["StatusCategory"];
            /**
             * Format: int32
             * @description How many tickets there are, up to the limit of the count.
             */
            total: number;
            /** @description Whether all tickets were counted; otherwise there are more than `total`. */
            complete: boolean;
            data: components["schemas"]["TicketSummary"][];
            /** @description The cursor of the next tickets of this status. Send it as `cursor` to GET …/tickets with the project of this path as `project_id`, this status as `status`, and the filters, `time_zone` and sort of this request. */
            next_cursor: string | null;
        };
        TicketSummary: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            key: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            project_id: string;
            /** Format: int32 */
            number: number;
            title: string;
            status: string;
            status_category: components["schemas"]["StatusCategory"];
            resolution: string | null;
            priority: components["schemas"]["Priority"];
            labels: string[];
            assignee_id: string | null;
            /**
             * Format: uuid
             * @description A UUID.
             */
            reporter_id: string;
            due_on: string | null;
            /** @description The position of the ticket among the others of its status. Ranks are compared byte by byte: the lower rank stands above, and of equal ranks the lower id. Until somebody places the ticket, its rank follows from its number, newest first. Placing it changes neither version nor updated_at. */
            rank: string;
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /**
             * Format: date-time
             * @description When the ticket was last changed or commented on. A comment changes neither version nor updated_at.
             */
            last_activity_at: string;
            deleted_at: string | null;
            /** @description The statuses the caller may move the ticket to. */
            allowed_transitions: string[];
        };
        Transition: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            ticket_id: string;
            /**
             * Format: int32
             * @description Counts the ticket’s transitions: 1, 2, 3 … without gaps.
             */
            sequence: number;
            from_status: string;
            to_status: string;
            resolution: string | null;
            comment_id: string | null;
            /** @description The comment’s current text; null once it is deleted. */
            comment: string | null;
            /**
             * Format: uuid
             * @description A UUID.
             */
            actor_id: string;
            /** @description Whether the ticket was moved because its workflow was replaced. */
            remapped: boolean;
            /** Format: date-time */
            created_at: string;
        };
        ChangeResult: {
            /** @description The id or key of the ticket that was sent, as responses spell it. */
            ref: string;
            done: boolean;
            /** @description The ticket afterwards; null where the change was refused. */
            ticket: components["schemas"]["TicketSummary"] | null;
            /** @description Why the change was refused; null where it was done. */
            problem: components["schemas"]["ChangeProblem"] | null;
        };
        ProjectTransition: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            ticket_id: string;
            /**
             * Format: int32
             * @description Counts the ticket’s transitions: 1, 2, 3 … without gaps.
             */
            sequence: number;
            from_status: string;
            to_status: string;
            resolution: string | null;
            comment_id: string | null;
            /**
             * Format: uuid
             * @description A UUID.
             */
            actor_id: string;
            /** @description Whether the ticket was moved because its workflow was replaced. */
            remapped: boolean;
            /** Format: date-time */
            created_at: string;
            ticket_key: string;
            /** @description The ticket’s title as it is now. */
            ticket_title: string;
            /** @description The current name of the person or bot who did it, even if they are a former member. */
            actor_name: string;
        };
        Flow: {
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            time_zone: string;
            buckets: {
                /** Format: date-time */
                from: string;
                /**
                 * Format: date-time
                 * @description The end of the bucket, exclusive.
                 */
                before: string;
                /** Format: int32 */
                created: number;
                /**
                 * Format: int32
                 * @description How often tickets entered the category done.
                 */
                completed: number;
                /**
                 * Format: int32
                 * @description How often tickets left the category done.
                 */
                reopened: number;
                /** @description How many tickets were in each status at the end of the bucket. */
                at_end: {
                    status: string;
                    category: components["schemas"]["StatusCategory"];
                    /** Format: int32 */
                    tickets: number;
                }[];
            }[];
            /** @description Statuses with too many tickets to count, which `at_end` leaves out. Usually empty. */
            not_counted: string[];
        };
        /** @description The lead time is the time from a ticket’s creation to its completion. The cycle time is the time from when it first entered the category in_progress to its completion, for tickets that did. */
        Times: {
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            time_zone: string;
            lead_time: components["schemas"]["Durations"];
            cycle_time: components["schemas"]["Durations"];
            /** @description How long those tickets were in each status before they were completed. */
            statuses: {
                /**
                 * Format: int32
                 * @description The number of tickets.
                 */
                count: number;
                p50_s: number | null;
                p85_s: number | null;
                p95_s: number | null;
                status: string;
                category: components["schemas"]["StatusCategory"];
                /** @description The total time of all those tickets in this status. */
                total_s: number;
            }[];
        };
        /** @description Percentiles in seconds; null if there is no ticket. */
        Durations: {
            /**
             * Format: int32
             * @description The number of tickets.
             */
            count: number;
            p50_s: number | null;
            p85_s: number | null;
            p95_s: number | null;
        };
        /** @description The age is the time since a ticket was created; `in_status` is the time since its last transition. Both are as of the start of this minute. */
        Ageing: {
            /** @description False if a status has so many open tickets that only its oldest are included. */
            complete: boolean;
            statuses: {
                status: string;
                category: components["schemas"]["StatusCategory"];
                age: components["schemas"]["Durations"];
                in_status: components["schemas"]["Durations"];
            }[];
            /** @description The tickets that have been in their status for the longest time. */
            oldest: {
                /**
                 * Format: uuid
                 * @description A UUID.
                 */
                id: string;
                key: string;
                status: string;
                assignee_id: string | null;
                age_s: number;
                in_status_s: number;
            }[];
        };
        ActivityEntry: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            actor_id: string;
            /** @description The current name of the person or bot who did it, even if they are a former member. */
            actor_name: string;
            action: components["schemas"]["AuditAction"];
            subject_type: "ticket" | "comment" | "attachment" | (string & {});
            /**
             * Format: uuid
             * @description The ticket, the comment or the attachment.
             */
            subject_id: string;
            /** @description The subject’s version after the change. */
            version: number | null;
            /** @description The changed fields before; null where a text was purged. */
            before: {
                [key: string]: unknown;
            } | null;
            /** @description The changed fields after; null where a text was purged. */
            after: {
                [key: string]: unknown;
            } | null;
            /** @description The assignees that `before` and `after` name, in this order, with their names as they are now. */
            assignees: {
                /**
                 * Format: uuid
                 * @description A UUID.
                 */
                user_id: string;
                name: string;
            }[];
            /** Format: date-time */
            created_at: string;
        };
        /**
         * @description What was done. New actions may be added.
         *
         *     - `workspace.created`: The workspace was created.
         *     - `workspace.updated`: The workspace was renamed.
         *     - `workspace.deleted`: The workspace was deleted.
         *     - `workspace.purged`: The operator deleted a word, or an invitation’s address, from the workspace’s history permanently.
         *     - `invitation.created`: Somebody was invited.
         *     - `invitation.revoked`: An invitation was revoked, or replaced when it could no longer be accepted.
         *     - `invitation.accepted`: An invitation was accepted.
         *     - `member.role_changed`: A member’s role was changed.
         *     - `member.removed`: A member was removed.
         *     - `member.left`: A member left.
         *     - `bot.created`: A bot was created.
         *     - `bot.updated`: A bot was renamed, or its role was changed.
         *     - `bot.removed`: A bot was removed.
         *     - `token.created`: An API token was created.
         *     - `token.revoked`: An API token was revoked.
         *     - `webhook.created`: A webhook was created.
         *     - `webhook.updated`: A webhook was changed, paused or activated by an admin.
         *     - `webhook.secret_rotated`: A webhook got another secret.
         *     - `webhook.pinged`: A test message was sent to one webhook.
         *     - `webhook.redelivered`: Events were queued for a webhook once more.
         *     - `webhook.paused`: Baton paused a webhook because its receiver had failed for days. The actor is the member who created the webhook.
         *     - `webhook.disabled`: Baton disabled a webhook because its receiver said that it is gone. The actor is the member who created the webhook.
         *     - `webhook.deleted`: A webhook was deleted.
         *     - `view.created`: A shared view was created.
         *     - `view.updated`: A shared view was changed, or a view was shared or became private.
         *     - `view.deleted`: A shared view was deleted.
         *     - `view.restored`: A shared view that was deleted was restored.
         *     - `project.created`: A project was created.
         *     - `project.updated`: A project was renamed.
         *     - `project.archived`: A project was archived.
         *     - `project.unarchived`: A project was unarchived.
         *     - `workflow.replaced`: A project’s workflow was replaced.
         *     - `ticket.created`: A ticket was created.
         *     - `ticket.updated`: A ticket’s fields were edited.
         *     - `ticket.transitioned`: A ticket was moved to another status.
         *     - `ticket.remapped`: A ticket’s status or resolution was changed because its project’s workflow was replaced.
         *     - `ticket.assignee_changed`: A ticket was assigned or unassigned.
         *     - `ticket.placed`: A ticket was placed by hand among the others of its status.
         *     - `ticket.respaced`: A ticket got another rank because there was no room beside it. It stands where it stood.
         *     - `ticket.deleted`: A ticket was deleted.
         *     - `ticket.restored`: A deleted ticket was restored.
         *     - `ticket.purged`: The earlier titles or descriptions of a ticket, or its attachments, were deleted permanently.
         *     - `comment.created`: A comment was added.
         *     - `comment.updated`: A comment was edited by its author.
         *     - `comment.reaction_added`: A member reacted to a comment.
         *     - `comment.reaction_removed`: A member took their reaction to a comment back.
         *     - `comment.deleted`: A comment was deleted.
         *     - `comment.purged`: A comment and its earlier texts were deleted permanently.
         *     - `attachment.added`: A file was added to a ticket.
         *     - `attachment.removed`: A file was removed from a ticket, and its bytes permanently.
         */
        AuditAction: "workspace.created" | "workspace.updated" | "workspace.deleted" | "workspace.purged" | "invitation.created" | "invitation.revoked" | "invitation.accepted" | "member.role_changed" | "member.removed" | "member.left" | "bot.created" | "bot.updated" | "bot.removed" | "token.created" | "token.revoked" | "webhook.created" | "webhook.updated" | "webhook.secret_rotated" | "webhook.pinged" | "webhook.redelivered" | "webhook.paused" | "webhook.disabled" | "webhook.deleted" | "view.created" | "view.updated" | "view.deleted" | "view.restored" | "project.created" | "project.updated" | "project.archived" | "project.unarchived" | "workflow.replaced" | "ticket.created" | "ticket.updated" | "ticket.transitioned" | "ticket.remapped" | "ticket.assignee_changed" | "ticket.placed" | "ticket.respaced" | "ticket.deleted" | "ticket.restored" | "ticket.purged" | "comment.created" | "comment.updated" | "comment.reaction_added" | "comment.reaction_removed" | "comment.deleted" | "comment.purged" | "attachment.added" | "attachment.removed" | (string & {});
        View: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            name: string;
            /** @description `board` is a column for each status, and `list_by_status` a list in groups; both are of one project. `list` is a plain list. */
            layout: "board" | "list" | "list_by_status" | (string & {});
            query: components["schemas"]["ViewQuery"];
            /** @description Whether every member can see it; otherwise only its owner can. */
            shared: boolean;
            /**
             * Format: uuid
             * @description A UUID.
             */
            owner_id: string;
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        /** @description Parameters of GET …/tickets, in the same form. `me` is the person who opens the view. */
        ViewQuery: {
            project_id?: string;
            ids?: string;
            status?: string;
            assignee?: string;
            reporter?: string;
            priority?: string;
            label?: string;
            created_after?: string;
            created_before?: string;
            updated_after?: string;
            updated_before?: string;
            active_after?: string;
            active_before?: string;
            status_category?: string;
            due_after?: string;
            due_before?: string;
            q?: string;
            deleted?: string;
            archived?: string;
            sort?: string;
        };
        OpenedView: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            name: string;
            /** @description `board` is a column for each status, and `list_by_status` a list in groups; both are of one project. `list` is a plain list. */
            layout: "board" | "list" | "list_by_status" | (string & {});
            query: components["schemas"]["ViewQuery"];
            /** @description Whether every member can see it; otherwise only its owner can. */
            shared: boolean;
            /**
             * Format: uuid
             * @description A UUID.
             */
            owner_id: string;
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description The values in its query that the workspace no longer has, or never had: a project that does not exist or is archived, a status that none of its projects has, a former member, a label that no ticket has. The view can still be listed. */
            gone: {
                parameter: "label" | "project_id" | "status" | "assignee" | "reporter" | (string & {});
                value: string;
            }[];
        };
        Comment: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            ticket_id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            author_id: string;
            /** @description Empty once the comment is deleted. */
            body: string;
            /** @description The members that its text mentions, each as `@` and their id. */
            mentions: string[];
            /** @description Its emoji, in the order in which each was first given. A reaction does not change the version. */
            reactions: components["schemas"]["ReactionSummary"][];
            /** Format: int32 */
            version: number;
            /** Format: date-time */
            created_at: string;
            edited_at: string | null;
            deleted_at: string | null;
            deleted_by: string | null;
            /** @description When its earlier texts were deleted permanently as well. */
            purged_at: string | null;
        };
        ReactionSummary: {
            emoji: string;
            /**
             * Format: int32
             * @description How many people have given it, former members included.
             */
            count: number;
            /** @description Whether the caller is one of them. */
            reacted: boolean;
        };
        CommentRevision: {
            /** Format: int32 */
            version: number;
            /**
             * Format: uuid
             * @description A UUID.
             */
            author_id: string;
            /** @description Empty once the comment is purged. */
            body: string;
            /**
             * Format: date-time
             * @description When this text was written.
             */
            created_at: string;
        };
        Reaction: {
            emoji: string;
            /**
             * Format: uuid
             * @description The member, or former member, who gave it.
             */
            user_id: string;
            /** Format: date-time */
            created_at: string;
        };
        Attachment: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            ticket_id: string;
            /** @description The name of the file, as the uploader sent it. */
            name: string;
            /** @description The type of the file, detected from its first bytes. Its name and its uploader have no influence on it. */
            media_type: string;
            /** Format: int32 */
            size_bytes: number;
            /** @description The SHA-256 of its bytes, in hexadecimal. */
            checksum: string;
            /**
             * Format: uuid
             * @description The member, or former member, who added it.
             */
            added_by: string;
            /** Format: date-time */
            created_at: string;
        };
        AttachmentLink: {
            /** @description The address, relative to the root of this server. A GET returns the bytes of the file, or with `Range` some of them (206, or 416 if there are none), and needs no credential. */
            path: string;
            /** Format: date-time */
            expires_at: string;
        };
        NewApiToken: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            name: string;
            /**
             * Format: uuid
             * @description The member that acts when the token is used: the person who created it, or a bot.
             */
            user_id: string;
            /**
             * Format: uuid
             * @description The member who created the token. A bot acts on their behalf.
             */
            created_by: string;
            /**
             * @description What the token may be used for, within the rights of its person. `write` and `admin` include `read` of the same area.
             *
             *     - `workspace:read`: Read the workspace.
             *     - `workspace:admin`: Rename the workspace.
             *     - `members:read`: Read members, people, bots and invitations.
             *     - `members:admin`: Invite, change and remove members, without making admins or owners; create, change and remove bots.
             *     - `projects:read`: Read projects and their workflows.
             *     - `projects:admin`: Create, change and archive projects, and replace their workflows.
             *     - `tickets:read`: Read tickets, their transitions, comments, attachments and activity, with the names of the people who did it.
             *     - `tickets:write`: Create, edit, assign, move, delete and restore tickets; comment on them, react to comments, add and remove attachments.
             *     - `views:read`: Read views: those of its person or bot, and those that are shared.
             *     - `views:write`: Create, change, share and delete views.
             *     - `audit:read`: Read the audit log and the earlier texts of comments.
             *     - `events:read`: Read the events of the workspace: for owners and admins, with everything that the audit log records.
             *     - `notifications:read`: Read the notifications and settings of its person or bot, and what they watch.
             *     - `notifications:write`: Mark notifications as read, archive and snooze them; change the settings; watch tickets.
             *     - `webhooks:read`: Read webhooks and what was delivered, without their secrets.
             *     - `webhooks:admin`: Create and change webhooks, which send all that the audit log has to any address.
             */
            scopes: components["schemas"]["TokenScopeOutput"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description When it was last used, to within some minutes. */
            last_used_at: string | null;
            token: string;
        };
        ApiToken: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            name: string;
            /**
             * Format: uuid
             * @description The member that acts when the token is used: the person who created it, or a bot.
             */
            user_id: string;
            /**
             * Format: uuid
             * @description The member who created the token. A bot acts on their behalf.
             */
            created_by: string;
            /**
             * @description What the token may be used for, within the rights of its person. `write` and `admin` include `read` of the same area.
             *
             *     - `workspace:read`: Read the workspace.
             *     - `workspace:admin`: Rename the workspace.
             *     - `members:read`: Read members, people, bots and invitations.
             *     - `members:admin`: Invite, change and remove members, without making admins or owners; create, change and remove bots.
             *     - `projects:read`: Read projects and their workflows.
             *     - `projects:admin`: Create, change and archive projects, and replace their workflows.
             *     - `tickets:read`: Read tickets, their transitions, comments, attachments and activity, with the names of the people who did it.
             *     - `tickets:write`: Create, edit, assign, move, delete and restore tickets; comment on them, react to comments, add and remove attachments.
             *     - `views:read`: Read views: those of its person or bot, and those that are shared.
             *     - `views:write`: Create, change, share and delete views.
             *     - `audit:read`: Read the audit log and the earlier texts of comments.
             *     - `events:read`: Read the events of the workspace: for owners and admins, with everything that the audit log records.
             *     - `notifications:read`: Read the notifications and settings of its person or bot, and what they watch.
             *     - `notifications:write`: Mark notifications as read, archive and snooze them; change the settings; watch tickets.
             *     - `webhooks:read`: Read webhooks and what was delivered, without their secrets.
             *     - `webhooks:admin`: Create and change webhooks, which send all that the audit log has to any address.
             */
            scopes: components["schemas"]["TokenScopeOutput"][];
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            /** @description When it was last used, to within some minutes. */
            last_used_at: string | null;
        };
        AuditEntry: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /** @description The entry’s number in the workspace’s log, which its proof is for. Null for a moment, until the worker has numbered it. */
            sequence: number | null;
            /**
             * Format: uuid
             * @description A UUID.
             */
            actor_id: string;
            action: components["schemas"]["AuditAction"];
            subject_type: components["schemas"]["AuditSubjectType"];
            /**
             * Format: uuid
             * @description A UUID.
             */
            subject_id: string;
            subject_version: number | null;
            before: {
                [key: string]: unknown;
            } | null;
            after: {
                [key: string]: unknown;
            } | null;
            request_id: string;
            /** @description The API token that was used; null if a session was. */
            token_id: string | null;
            /** @description The person for whom a bot did it; null if no bot did. */
            on_behalf_of: string | null;
            /** Format: date-time */
            created_at: string;
        };
        /** @description The kind of thing an action was done to. New kinds may be added. */
        AuditSubjectType: "workspace" | "invitation" | "member" | "bot" | "token" | "webhook" | "view" | "project" | "workflow" | "ticket" | "comment" | "attachment" | (string & {});
        Events: {
            data: components["schemas"]["Event"][];
            /** @description Where to continue, even if there was no event. */
            next_offset: components["schemas"]["EventOffset"];
            /** @description Whether there are no further events so far. A change becomes an event a moment after its commit. */
            up_to_date: boolean;
        };
        Event: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUID.
             */
            actor_id: string;
            subject_type: components["schemas"]["AuditSubjectType"];
            /**
             * Format: uuid
             * @description A UUID.
             */
            subject_id: string;
            subject_version: number | null;
            /** @description The changed fields before the change. Owners and admins get them for every event; others only for events of tickets and comments, and not while the ticket is deleted. */
            before: {
                [key: string]: unknown;
            } | null;
            /** @description The changed fields after the change. While the ticket is deleted, null for everybody but owners and admins. */
            after: {
                [key: string]: unknown;
            } | null;
            /** @description The person for whom a bot did it. Only owners and admins get it. */
            on_behalf_of: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description The place after this event. */
            offset: components["schemas"]["EventOffset"];
            /** @description What happened: an action of the audit log. New ones may be added. */
            type: components["schemas"]["AuditAction"];
            /** @description The project of the event, or of its ticket. */
            project_id: string | null;
            /** @description The ticket of the event, or of its comment. */
            ticket_id: string | null;
        };
        Notification: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            /** @description Why they are notified. One action can have several reasons. */
            kinds: components["schemas"]["NotificationKind"][];
            /** @description The ticket that it is about; null if it is about a webhook. */
            ticket_id: string | null;
            ticket_key: string | null;
            ticket_title: string | null;
            project_id: string | null;
            /** @description The webhook that it is about; null if it is about a ticket. */
            webhook_id: string | null;
            /** @description The origin of the webhook’s address. The rest is left out, because it may be a secret. */
            webhook_origin: string | null;
            webhook_description: string | null;
            /** @description Why Baton stopped the webhook: its receiver failed for days and it was paused, or its receiver responded with 410 and it was disabled. */
            stop_reason: (("failing" | "gone") | string) | null;
            /** @description Who did it; null for a ticket that is due and for a webhook that Baton stopped. */
            actor_id: string | null;
            /** @description Where the ticket was moved from, if it was moved. */
            from_status: string | null;
            /** @description Where the ticket was moved to, if it was moved. */
            to_status: string | null;
            comment_id: string | null;
            /** @description The beginning of the comment as it is now, on one line; null if there is no comment or it was deleted. */
            comment_excerpt: string | null;
            /**
             * Format: date-time
             * @description When it happened.
             */
            happened_at: string;
            /**
             * Format: date-time
             * @description When the notification was created.
             */
            created_at: string;
            read_at: string | null;
            archived_at: string | null;
            /** @description Until when it is hidden from the inbox. */
            snoozed_until: string | null;
        };
        NotificationKind: "assigned" | "mentioned" | "moved" | "commented" | "due" | "webhook_stopped" | (string & {});
        UnreadCount: {
            /**
             * Format: int32
             * @description The number of unread notifications in the inbox; 1000 means 1000 or more.
             */
            unread: number;
        };
        NotificationsRead: {
            /** Format: int32 */
            marked: number;
            /** @description Whether there may be more: one request covers at most 1000. */
            more: boolean;
            /** @description Where to continue: the next request’s `up_to`, if there may be more. */
            next_up_to: string | null;
        };
        NotificationSettings: {
            kinds: components["schemas"]["NotificationKinds"];
            mail: components["schemas"]["MailedKinds"];
            /** @description Between these times of every day, notifications are not mailed; they are mailed at the end. Null: no quiet hours. */
            quiet_hours: components["schemas"]["QuietHours"] | null;
            /** @description Projects in which they are only notified when they are assigned or mentioned. */
            muted_project_ids: string[];
            /** Format: int32 */
            version: number;
        };
        /** @description The kinds that they are notified of. */
        NotificationKinds: {
            assigned: boolean;
            mentioned: boolean;
            moved: boolean;
            commented: boolean;
            due: boolean;
            webhook_stopped: boolean;
        };
        /** @description The kinds that are also mailed to them unless they read the notification first, if this installation sends mail. */
        MailedKinds: {
            assigned: boolean;
            mentioned: boolean;
            moved: boolean;
            commented: boolean;
            due: boolean;
            webhook_stopped: boolean;
        };
        QuietHours: {
            from: string;
            to: string;
            time_zone: string;
        };
        Watching: {
            /** @description `automatic`: they watch the ticket if they reported it, are its assignee, commented on it or were mentioned. `muted`: they are only notified when they are assigned or mentioned. */
            choice: "automatic" | "watching" | "muted" | (string & {});
            /** @description Whether they are notified of transitions and comments. */
            watches: boolean;
            /** @description Why they watch, or would if the ticket were not muted. */
            reasons: (("reporter" | "assignee" | "commented" | "mentioned" | "by_choice") | string)[];
        };
        Watcher: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            user_id: string;
            reasons: (("reporter" | "assignee" | "commented" | "mentioned" | "by_choice") | string)[];
        };
        NewWebhook: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            url: string;
            description: string;
            /** @description The types of events that are sent to it; null: all. */
            types: components["schemas"]["AuditAction"][] | null;
            /** @description Only events of these projects and their tickets are sent to it; null: all events, including those without a project. */
            project_ids: string[] | null;
            /** @description Events are sent to an active webhook. A paused or disabled one gets them once it is active again, from where it stopped. */
            state: "active" | "paused" | "disabled" | (string & {});
            /** @description Why it isn’t active: an admin paused it, its receiver failed for days, its receiver responded with 410, or the workspace was deleted. */
            state_reason: (("by_admin" | "failing" | "gone" | "workspace_deleted") | string) | null;
            /** @description Since when every attempt has failed; null: the last one succeeded. */
            failing_since: string | null;
            /** @description Until when messages are also signed with the previous secret. */
            previous_secret_until: string | null;
            /** Format: int32 */
            version: number;
            /**
             * Format: uuid
             * @description A UUID.
             */
            created_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @description What messages are signed with. Nothing else returns it, except this request sent again under its Idempotency-Key. */
            secret: string;
        };
        Webhook: {
            /**
             * Format: uuid
             * @description A UUID.
             */
            id: string;
            url: string;
            description: string;
            /** @description The types of events that are sent to it; null: all. */
            types: components["schemas"]["AuditAction"][] | null;
            /** @description Only events of these projects and their tickets are sent to it; null: all events, including those without a project. */
            project_ids: string[] | null;
            /** @description Events are sent to an active webhook. A paused or disabled one gets them once it is active again, from where it stopped. */
            state: "active" | "paused" | "disabled" | (string & {});
            /** @description Why it isn’t active: an admin paused it, its receiver failed for days, its receiver responded with 410, or the workspace was deleted. */
            state_reason: (("by_admin" | "failing" | "gone" | "workspace_deleted") | string) | null;
            /** @description Since when every attempt has failed; null: the last one succeeded. */
            failing_since: string | null;
            /** @description Until when messages are also signed with the previous secret. */
            previous_secret_until: string | null;
            /** Format: int32 */
            version: number;
            /**
             * Format: uuid
             * @description A UUID.
             */
            created_by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        WebhookSecret: {
            /** @description What messages are signed with. Nothing else returns it, except this request sent again under its Idempotency-Key. */
            secret: string;
            previous_secret_until: string | null;
        };
        Delivery: {
            /**
             * Format: uuid
             * @description The event’s id, which is also the message’s: `webhook-id`.
             */
            id: string;
            /** @description The event’s offset. */
            offset: components["schemas"]["EventOffset"];
            type: components["schemas"]["AuditAction"];
            state: "pending" | "delivered" | "given_up" | (string & {});
            /**
             * Format: int32
             * @description How many attempts have begun.
             */
            attempts: number;
            /** @description When it is sent next; null if it has ended, or waits for an earlier event of its ticket. */
            next_attempt_at: string | null;
            /**
             * Format: int32
             * @description The status of the response; null if there was none.
             */
            last_status: number | null;
            /** @description Why there was no response: `TIMEOUT`, `ADDRESS_NOT_PUBLIC`, `SECRET_UNREADABLE`, `NO_RESPONSE` (what came was not a valid HTTP response), a system error code such as `ECONNREFUSED`, or `FAILED` (anything else). */
            last_error: string | null;
            /** Format: date-time */
            created_at: string;
            finished_at: string | null;
        };
        DeliveryWithLog: {
            /**
             * Format: uuid
             * @description The event’s id, which is also the message’s: `webhook-id`.
             */
            id: string;
            /** @description The event’s offset. */
            offset: components["schemas"]["EventOffset"];
            type: components["schemas"]["AuditAction"];
            state: "pending" | "delivered" | "given_up" | (string & {});
            /**
             * Format: int32
             * @description How many attempts have begun.
             */
            attempts: number;
            /** @description When it is sent next; null if it has ended, or waits for an earlier event of its ticket. */
            next_attempt_at: string | null;
            /**
             * Format: int32
             * @description The status of the response; null if there was none.
             */
            last_status: number | null;
            /** @description Why there was no response: `TIMEOUT`, `ADDRESS_NOT_PUBLIC`, `SECRET_UNREADABLE`, `NO_RESPONSE` (what came was not a valid HTTP response), a system error code such as `ECONNREFUSED`, or `FAILED` (anything else). */
            last_error: string | null;
            /** Format: date-time */
            created_at: string;
            finished_at: string | null;
            /** @description The last 20 attempts, oldest first. */
            log: {
                /** Format: date-time */
                at: string;
                /** Format: int32 */
                duration_ms: number;
                /**
                 * Format: int32
                 * @description The status of the response; null if there was none.
                 */
                status: number | null;
                /** @description Why there was no response: `TIMEOUT`, `ADDRESS_NOT_PUBLIC`, `SECRET_UNREADABLE`, `NO_RESPONSE` (what came was not a valid HTTP response), a system error code such as `ECONNREFUSED`, or `FAILED` (anything else). */
                error: string | null;
                /** @description The head of the request, one header per line. The path of the URL is left out, because it may be a secret. Null if nothing was sent. */
                request_head: string | null;
                /** @description The beginning of the response’s head, one header per line, without the values of cookies and of other headers that look like secrets. Null if there was no response, or if it was deleted because it may repeat a purged text. */
                response_head: string | null;
                /** @description The beginning of the response’s body. Null if its head is null. */
                response_body: string | null;
            }[];
        };
        Redelivery: {
            /**
             * Format: int32
             * @description The number of deliveries queued, without those that were pending already.
             */
            queued: number;
        };
        RoleOutput: "owner" | "admin" | "member" | "viewer" | (string & {});
        TokenScopeOutput: "workspace:read" | "workspace:admin" | "members:read" | "members:admin" | "projects:read" | "projects:admin" | "tickets:read" | "tickets:write" | "views:read" | "views:write" | "audit:read" | "events:read" | "notifications:read" | "notifications:write" | "webhooks:read" | "webhooks:admin" | (string & {});
        WorkflowStatusOutput: {
            key: string;
            name: string;
            category: components["schemas"]["StatusCategory"];
        };
        WorkflowTransitionOutput: {
            from: string;
            to: string;
            /**
             * @description The roles that may take this transition.
             * @default [
             *       "owner",
             *       "admin",
             *       "member"
             *     ]
             */
            roles: (("owner" | "admin" | "member") | string)[];
            /**
             * @description The fields that the ticket or the request must have.
             * @default []
             */
            requires: (("resolution" | "assignee_id" | "comment") | string)[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Role = components['schemas']['Role'];
export type WorkflowDefinition = components['schemas']['WorkflowDefinition'];
export type WorkflowStatus = components['schemas']['WorkflowStatus'];
export type StatusCategory = components['schemas']['StatusCategory'];
export type WorkflowTransition = components['schemas']['WorkflowTransition'];
export type Priority = components['schemas']['Priority'];
export type Place = components['schemas']['Place'];
export type TicketChange = components['schemas']['TicketChange'];
export type TokenScope = components['schemas']['TokenScope'];
export type EventType = components['schemas']['EventType'];
export type EventOffset = components['schemas']['EventOffset'];
export type Tokens = components['schemas']['Tokens'];
export type User = components['schemas']['User'];
export type Problem = components['schemas']['Problem'];
export type PlainProblem = components['schemas']['PlainProblem'];
export type ForbiddenProblem = components['schemas']['ForbiddenProblem'];
export type InsufficientScopeProblem = components['schemas']['InsufficientScopeProblem'];
export type ConflictProblem = components['schemas']['ConflictProblem'];
export type StatusInUseProblem = components['schemas']['StatusInUseProblem'];
export type ResolutionInUseProblem = components['schemas']['ResolutionInUseProblem'];
export type MappingTooLargeProblem = components['schemas']['MappingTooLargeProblem'];
export type TransitionNotAllowedProblem = components['schemas']['TransitionNotAllowedProblem'];
export type EditConflictProblem = components['schemas']['EditConflictProblem'];
export type QuotaExceededProblem = components['schemas']['QuotaExceededProblem'];
export type ChangesRefusedProblem = components['schemas']['ChangesRefusedProblem'];
export type ChangeProblem = components['schemas']['ChangeProblem'];
export type FieldsRequiredProblem = components['schemas']['FieldsRequiredProblem'];
export type ValidationFailedProblem = components['schemas']['ValidationFailedProblem'];
export type RedeliveryRefusedProblem = components['schemas']['RedeliveryRefusedProblem'];
export type PreconditionFailedProblem = components['schemas']['PreconditionFailedProblem'];
export type Preferences = components['schemas']['Preferences'];
export type Session = components['schemas']['Session'];
export type AccountAuditEntry = components['schemas']['AccountAuditEntry'];
export type AccountAuditAction = components['schemas']['AccountAuditAction'];
export type Workspace = components['schemas']['Workspace'];
export type Outcome = components['schemas']['Outcome'];
export type Member = components['schemas']['Member'];
export type Person = components['schemas']['Person'];
export type Bot = components['schemas']['Bot'];
export type NewInvitation = components['schemas']['NewInvitation'];
export type Invitation = components['schemas']['Invitation'];
export type Project = components['schemas']['Project'];
export type Workflow = components['schemas']['Workflow'];
export type Ticket = components['schemas']['Ticket'];
export type ListedTicket = components['schemas']['ListedTicket'];
export type TicketCounts = components['schemas']['TicketCounts'];
export type Label = components['schemas']['Label'];
export type Board = components['schemas']['Board'];
export type BoardColumn = components['schemas']['BoardColumn'];
export type TicketSummary = components['schemas']['TicketSummary'];
export type Transition = components['schemas']['Transition'];
export type ChangeResult = components['schemas']['ChangeResult'];
export type ProjectTransition = components['schemas']['ProjectTransition'];
export type Flow = components['schemas']['Flow'];
export type Times = components['schemas']['Times'];
export type Durations = components['schemas']['Durations'];
export type Ageing = components['schemas']['Ageing'];
export type ActivityEntry = components['schemas']['ActivityEntry'];
export type AuditAction = components['schemas']['AuditAction'];
export type View = components['schemas']['View'];
export type ViewQuery = components['schemas']['ViewQuery'];
export type OpenedView = components['schemas']['OpenedView'];
export type Comment = components['schemas']['Comment'];
export type ReactionSummary = components['schemas']['ReactionSummary'];
export type CommentRevision = components['schemas']['CommentRevision'];
export type Reaction = components['schemas']['Reaction'];
export type Attachment = components['schemas']['Attachment'];
export type AttachmentLink = components['schemas']['AttachmentLink'];
export type NewApiToken = components['schemas']['NewApiToken'];
export type ApiToken = components['schemas']['ApiToken'];
export type AuditEntry = components['schemas']['AuditEntry'];
export type AuditSubjectType = components['schemas']['AuditSubjectType'];
export type Events = components['schemas']['Events'];
export type Event = components['schemas']['Event'];
export type Notification = components['schemas']['Notification'];
export type NotificationKind = components['schemas']['NotificationKind'];
export type UnreadCount = components['schemas']['UnreadCount'];
export type NotificationsRead = components['schemas']['NotificationsRead'];
export type NotificationSettings = components['schemas']['NotificationSettings'];
export type NotificationKinds = components['schemas']['NotificationKinds'];
export type MailedKinds = components['schemas']['MailedKinds'];
export type QuietHours = components['schemas']['QuietHours'];
export type Watching = components['schemas']['Watching'];
export type Watcher = components['schemas']['Watcher'];
export type NewWebhook = components['schemas']['NewWebhook'];
export type Webhook = components['schemas']['Webhook'];
export type WebhookSecret = components['schemas']['WebhookSecret'];
export type Delivery = components['schemas']['Delivery'];
export type DeliveryWithLog = components['schemas']['DeliveryWithLog'];
export type Redelivery = components['schemas']['Redelivery'];
export type RoleOutput = components['schemas']['RoleOutput'];
export type TokenScopeOutput = components['schemas']['TokenScopeOutput'];
export type WorkflowStatusOutput = components['schemas']['WorkflowStatusOutput'];
export type WorkflowTransitionOutput = components['schemas']['WorkflowTransitionOutput'];
export interface operations {
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** Format: password */
                    password: string;
                    name: string;
                    /**
                     * @description Where the refresh token goes. `cookie`: into a cookie that no script can read, and not into the response. Only a page of this server’s own origin may ask for it. By default it is in the response.
                     * @enum {string}
                     */
                    keep?: "cookie";
                    /** @description The token of an invitation to this address. Required where only invited people may sign up. */
                    invitation_token?: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** Format: password */
                    password: string;
                    /**
                     * @description Where the refresh token goes. `cookie`: into a cookie that no script can read, and not into the response. Only a page of this server’s own origin may ask for it. By default it is in the response.
                     * @enum {string}
                     */
                    keep?: "cookie";
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Required without `keep`; with it, the cookie has the token by default. */
                    refresh_token?: string;
                    /**
                     * @description Where the refresh token goes. `cookie`: into a cookie that no script can read, and not into the response. Only a page of this server’s own origin may ask for it. By default it is in the response.
                     * @enum {string}
                     */
                    keep?: "cookie";
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    request_password_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                };
            };
        };
        responses: {
            /** @description OK. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                    /** Format: password */
                    new_password: string;
                    /** @description Whether to revoke every API token that the account has created, in each of its workspaces. */
                    revoke_tokens?: boolean;
                };
            };
        };
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    confirm_email: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_policy: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        operations: {
                            id: string;
                            method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | (string & {});
                            path: string;
                            /** @description Everyone (`public`), every signed-in user (`account`), or the workspace roles that may call it. */
                            access: (("public" | "account") | string) | components["schemas"]["RoleOutput"][];
                            /** @description The API tokens that may call it: none, those with its scope, or any. */
                            tokens: "none" | "scoped" | "any" | (string & {});
                            /** @description The scope that an API token needs; null if no token is accepted, or no scope is needed. */
                            scope: components["schemas"]["TokenScopeOutput"] | null;
                        }[];
                    };
                };
            };
        };
    };
    get_livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                        /** @description The running version of Baton. */
                        version: string;
                    };
                };
            };
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_me: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    update_me: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    name: string;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: password */
                    current_password: string;
                    /** Format: password */
                    new_password: string;
                    /** @description Whether to revoke every API token that the account has created, in each of its workspaces. */
                    revoke_tokens?: boolean;
                    /**
                     * @description Where the refresh token goes. `cookie`: into a cookie that no script can read, and not into the response. Only a page of this server’s own origin may ask for it. By default it is in the response.
                     * @enum {string}
                     */
                    keep?: "cookie";
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
        };
    };
    request_email_change: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    /** Format: password */
                    current_password: string;
                };
            };
        };
        responses: {
            /** @description OK. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_preferences: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
        };
    };
    update_preferences: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `system` follows the setting of the machine.
                     * @enum {string}
                     */
                    theme?: "system" | "light" | "dark";
                    /**
                     * @description The height of the rows of a list.
                     * @enum {string}
                     */
                    density?: "comfortable" | "compact";
                    /** @description The time zone in which times are shown; null means that of the browser. */
                    time_zone?: string | null;
                    /** @description The language in which dates and numbers are written; null means the client’s default. */
                    language?: string | null;
                    /** @description Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4). */
                    single_keys?: boolean;
                    /** @description Commands with their new keys; null restores a command’s default. Other commands keep their keys. */
                    keys?: {
                        [key: string]: string | null;
                    };
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    /**
                     * @description `system` follows the setting of the machine.
                     * @enum {string}
                     */
                    theme?: "system" | "light" | "dark";
                    /**
                     * @description The height of the rows of a list.
                     * @enum {string}
                     */
                    density?: "comfortable" | "compact";
                    /** @description The time zone in which times are shown; null means that of the browser. */
                    time_zone?: string | null;
                    /** @description The language in which dates and numbers are written; null means the client’s default. */
                    language?: string | null;
                    /** @description Whether keys without Ctrl or ⌘ run commands (WCAG 2.1.4). */
                    single_keys?: boolean;
                    /** @description Commands with their new keys; null restores a command’s default. Other commands keep their keys. */
                    keys?: {
                        [key: string]: string | null;
                    };
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Preferences"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Session"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
        };
    };
    revoke_session: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_my_audit: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AccountAuditEntry"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    accept_invitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token: string;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    list_outcomes: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The Idempotency-Key. */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Outcome"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    list_workspaces: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Workspace"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_workspace: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    get_workspace: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    delete_workspace: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_workspace: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    name: string;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
        };
    };
    list_members: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Only members whose name or address has a word that starts with this, in any letter case. A page reads at most 2,000 of them, so it may contain few or none although there are more; `next_cursor` continues from there. */
                q?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Member"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    list_people: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Only these people: up to 100 ids, separated by commas. */
                ids?: string;
                /** @description Only people whose name has a word that starts with this, in any letter case. A page reads at most 2,000 of them, so it may contain few or none although there are more; `next_cursor` continues from there. */
                q?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Person"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_member: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
        };
    };
    remove_member: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_member: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    role: components["schemas"]["Role"];
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    role: components["schemas"]["Role"];
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
        };
    };
    list_bots: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Bot"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_bot: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @description The limit of what the bot may do. With a token, it may only do what the creator of the token may do too.
                     * @default member
                     * @enum {string}
                     */
                    role?: "member" | "viewer";
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
        };
    };
    get_bot: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                bot_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
        };
    };
    remove_bot: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                bot_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_bot: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                bot_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /**
                     * @description The limit of what the bot may do. With a token, it may only do what the creator of the token may do too.
                     * @enum {string}
                     */
                    role?: "member" | "viewer";
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    name?: string;
                    /**
                     * @description The limit of what the bot may do. With a token, it may only do what the creator of the token may do too.
                     * @enum {string}
                     */
                    role?: "member" | "viewer";
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bot"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Invitation"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_invitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: email */
                    email: string;
                    role: components["schemas"]["Role"];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewInvitation"];
                };
            };
        };
    };
    get_invitation: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                invitation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_projects: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description `true` lists archived projects instead. */
                archived?: "true" | "false";
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Project"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    key: string;
                    name: string;
                    /** @default strict */
                    workflow?: ("strict" | "standard") | components["schemas"]["WorkflowDefinition"];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    get_project: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    archive_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_project: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    archived?: boolean;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    name?: string;
                    archived?: boolean;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    get_workflow: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    replace_workflow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    statuses: components["schemas"]["WorkflowStatus"][];
                    /** @description The statuses a ticket may be created in; the first is the default. */
                    initial: string[];
                    transitions: components["schemas"]["WorkflowTransition"][];
                    /** @default [] */
                    resolutions?: string[];
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                    /** @description What tickets with a status or resolution that the new workflow drops get instead. At most 10,000 tickets can change. */
                    mapping?: {
                        /** @description For each dropped status, the one its tickets move to. */
                        statuses?: {
                            [key: string]: string;
                        };
                        /** @description For each dropped resolution, the one its tickets get; null clears it. */
                        resolutions?: {
                            [key: string]: string | null;
                        };
                    };
                    /**
                     * @description What happens if tickets have resolutions that they could no longer have and that the mapping does not mention: the workflow is refused, or the resolutions are cleared.
                     * @default refuse
                     * @enum {string}
                     */
                    on_stale?: "refuse" | "clear";
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workflow"];
                };
            };
        };
    };
    create_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    /** @default  */
                    description?: string;
                    /** @default none */
                    priority?: components["schemas"]["Priority"];
                    /** @description A set: stored sorted, without duplicates. */
                    labels?: string[];
                    /** @default null */
                    assignee_id?: string | null;
                    /** @default null */
                    due_on?: string | null;
                    /** @description One of the workflow’s initial statuses; by default the first. */
                    status?: string;
                    place?: components["schemas"]["Place"];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    list_tickets: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100, or to 500 if `fields` is sent without excerpt and description. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Only tickets of one of these projects, each by id or key, separated by commas. */
                project_id?: string;
                /** @description Only the tickets with these ids, at most 100, separated by commas. */
                ids?: string;
                /** @description Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket. */
                status?: string;
                /** @description Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas. */
                assignee?: string;
                /** @description Only tickets reported by one of these members or by the caller (`me`), separated by commas. */
                reporter?: string;
                /** @description Only tickets of one of these priorities, separated by commas. */
                priority?: string;
                /** @description Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\,`. */
                label?: string;
                /** @description Only tickets created after this time. */
                created_after?: string;
                /** @description Only tickets created before this time. */
                created_before?: string;
                /** @description Only tickets updated after this time. */
                updated_after?: string;
                /** @description Only tickets updated before this time. */
                updated_before?: string;
                /** @description Only tickets changed or commented on after this time. */
                active_after?: string;
                /** @description Only tickets last changed or commented on before this time. */
                active_before?: string;
                /** @description Only tickets whose status has one of these categories in the workflow of their project, separated by commas. */
                status_category?: string;
                /** @description Only tickets that are due later than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                due_after?: string;
                /** @description Only tickets that are due earlier than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                due_before?: string;
                /** @description Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count. */
                q?: string;
                /** @description `true` lists deleted tickets instead. */
                deleted?: "true" | "false";
                /** @description Tickets of archived projects: `false` leaves them out, `true` lists only them, `any` lists them with the others. The default is `false`, or `any` if project_id names a project. */
                archived?: "false" | "true" | "any";
                /** @description The time zone in which `today` is a day. */
                time_zone?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description The order; `-` means descending. A ticket that changes while pages are read by updated_at or last_activity_at moves: descending pages can miss it, ascending ones can contain it twice. created_at is the time at which the request began, so its order can differ from the order of numbers. `rank` is the order by hand, top first, equal ranks by id; it needs one project_id and a status. With due_on and priority, tickets with the same value come newest first, and tickets without a due day come last. Deleted tickets cannot be sorted by rank or due_on. */
                sort?: "-created_at" | "created_at" | "-updated_at" | "updated_at" | "-last_activity_at" | "last_activity_at" | "rank" | "-priority" | "priority" | "due_on" | "-due_on";
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ListedTicket"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    count_tickets: {
        parameters: {
            query?: {
                /** @description The field to count by. A ticket with several labels counts once for each of them. */
                group_by?: "status" | "assignee" | "priority" | "label";
                /** @description Only tickets of one of these projects, each by id or key, separated by commas. */
                project_id?: string;
                /** @description Only the tickets with these ids, at most 100, separated by commas. */
                ids?: string;
                /** @description Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket. */
                status?: string;
                /** @description Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas. */
                assignee?: string;
                /** @description Only tickets reported by one of these members or by the caller (`me`), separated by commas. */
                reporter?: string;
                /** @description Only tickets of one of these priorities, separated by commas. */
                priority?: string;
                /** @description Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\,`. */
                label?: string;
                /** @description Only tickets created after this time. */
                created_after?: string;
                /** @description Only tickets created before this time. */
                created_before?: string;
                /** @description Only tickets updated after this time. */
                updated_after?: string;
                /** @description Only tickets updated before this time. */
                updated_before?: string;
                /** @description Only tickets changed or commented on after this time. */
                active_after?: string;
                /** @description Only tickets last changed or commented on before this time. */
                active_before?: string;
                /** @description Only tickets whose status has one of these categories in the workflow of their project, separated by commas. */
                status_category?: string;
                /** @description Only tickets that are due later than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                due_after?: string;
                /** @description Only tickets that are due earlier than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                due_before?: string;
                /** @description Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count. */
                q?: string;
                /** @description `true` lists deleted tickets instead. */
                deleted?: "true" | "false";
                /** @description Tickets of archived projects: `false` leaves them out, `true` lists only them, `any` lists them with the others. The default is `false`, or `any` if project_id names a project. */
                archived?: "false" | "true" | "any";
                /** @description The time zone in which `today` is a day. */
                time_zone?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketCounts"];
                };
            };
        };
    };
    list_labels: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Only labels that contain this text, in any letter case. A page reads at most 2,000 labels, so it may contain few or none although there are more; `next_cursor` continues from there. */
                q?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Label"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_board: {
        parameters: {
            query?: {
                /** @description The number of tickets per status, 1 to 100. */
                per_column?: number;
                /** @description Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket. */
                status?: string;
                /** @description Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas. */
                assignee?: string;
                /** @description Only tickets reported by one of these members or by the caller (`me`), separated by commas. */
                reporter?: string;
                /** @description Only tickets of one of these priorities, separated by commas. */
                priority?: string;
                /** @description Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\,`. */
                label?: string;
                /** @description Only tickets created after this time. */
                created_after?: string;
                /** @description Only tickets created before this time. */
                created_before?: string;
                /** @description Only tickets updated after this time. */
                updated_after?: string;
                /** @description Only tickets updated before this time. */
                updated_before?: string;
                /** @description Only tickets changed or commented on after this time. */
                active_after?: string;
                /** @description Only tickets last changed or commented on before this time. */
                active_before?: string;
                /** @description Only tickets whose status has one of these categories in the workflow of their project, separated by commas. */
                status_category?: string;
                /** @description Only tickets that are due later than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                due_after?: string;
                /** @description Only tickets that are due earlier than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                due_before?: string;
                /** @description Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count. */
                q?: string;
                /** @description The time zone in which `today` is a day. */
                time_zone?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description The order within each status, as in GET …/tickets. */
                sort?: "-created_at" | "created_at" | "-updated_at" | "updated_at" | "-last_activity_at" | "last_activity_at" | "rank" | "-priority" | "priority" | "due_on" | "-due_on";
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
        };
    };
    get_ticket: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Return the ticket as it was at this time. `allowed_transitions` is empty, and so is a text that has been purged since. */
                as_of?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    delete_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    title?: string;
                    description?: string;
                    priority?: components["schemas"]["Priority"];
                    /** @description All labels. Labels that others have added or removed since are merged. */
                    labels?: string[];
                    /** @description Labels to add to the current ones; needs no version. */
                    labels_add?: string[];
                    /** @description Labels to remove from the current ones; needs no version. */
                    labels_remove?: string[];
                    due_on?: string | null;
                    /**
                     * Format: int32
                     * @description The version the edit is based on. Alternatively send If-Match, which never merges.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    title?: string;
                    description?: string;
                    priority?: components["schemas"]["Priority"];
                    /** @description All labels. Labels that others have added or removed since are merged. */
                    labels?: string[];
                    /** @description Labels to add to the current ones; needs no version. */
                    labels_add?: string[];
                    /** @description Labels to remove from the current ones; needs no version. */
                    labels_remove?: string[];
                    due_on?: string | null;
                    /**
                     * Format: int32
                     * @description The version the edit is based on. Alternatively send If-Match, which never merges.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    restore_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    purge_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    fields: ("title" | "description" | "attachments")[];
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    set_assignee: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    assignee_id?: string | null;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                    /**
                     * @deprecated
                     * @description The former name of `assignee_id`.
                     */
                    user_id?: string | null;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description The former name of `version`.
                     */
                    expected_version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    place_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Place"];
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
        };
    };
    list_transitions: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Transition"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    transition_ticket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    to: string;
                    /**
                     * Format: int32
                     * @description Move the ticket only if it still has this version. Alternatively send If-Match.
                     */
                    version?: number;
                    resolution?: string;
                    assignee_id?: string | null;
                    comment?: string;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description The former name of `version`.
                     */
                    expected_version?: number;
                    /** @description Where to place the ticket among the others of its new status. By default it keeps its rank. */
                    place?: components["schemas"]["Place"];
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        transition: components["schemas"]["Transition"];
                        ticket: components["schemas"]["Ticket"];
                    };
                };
            };
        };
    };
    change_tickets: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The changes. Each ticket may occur once. */
                    changes: components["schemas"]["TicketChange"][];
                    /**
                     * @description Whether all changes are refused if one of them is.
                     * @default false
                     */
                    all_or_nothing?: boolean;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description One for each change, in the order of the request. */
                        results: components["schemas"]["ChangeResult"][];
                        /**
                         * Format: int32
                         * @description How many of them were refused.
                         */
                        refused: number;
                    };
                };
            };
        };
    };
    get_transition: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description The transition’s `sequence`: 1 is the ticket’s first. */
                sequence: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transition"];
                };
            };
        };
    };
    list_project_transitions: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Only transitions after this time. */
                created_after?: string;
                /** @description Only transitions before this time. */
                created_before?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ProjectTransition"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_flow: {
        parameters: {
            query?: {
                /** @description The first day; by default 29 days before the last. */
                from?: string;
                /** @description The last day, inclusive; by default today. */
                to?: string;
                /** @description The time zone in which days begin and end. */
                time_zone?: string;
                /** @description The length of a bucket, counted from the first day. */
                every?: "day" | "week" | "month";
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
        };
    };
    get_times: {
        parameters: {
            query?: {
                /** @description The first day; by default 29 days before the last. */
                from?: string;
                /** @description The last day, inclusive; by default today. */
                to?: string;
                /** @description The time zone in which days begin and end. */
                time_zone?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Times"];
                };
            };
        };
    };
    get_ageing: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A project’s id or key. */
                project_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ageing"];
                };
            };
        };
    };
    list_activity: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ActivityEntry"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    list_views: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["View"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_view: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @description `board` is a column for each status, and `list_by_status` a list in groups; both are of one project. `list` is a plain list.
                     * @default list
                     * @enum {string}
                     */
                    layout?: "board" | "list" | "list_by_status";
                    /** @description Parameters of GET …/tickets, in the same form. `me` is the person who opens the view. */
                    query?: {
                        /** @description Only tickets of one of these projects, each by id or key, separated by commas. */
                        project_id?: string;
                        /** @description Only the tickets with these ids, at most 100, separated by commas. */
                        ids?: string;
                        /** @description Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket. */
                        status?: string;
                        /** @description Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas. */
                        assignee?: string;
                        /** @description Only tickets reported by one of these members or by the caller (`me`), separated by commas. */
                        reporter?: string;
                        /** @description Only tickets of one of these priorities, separated by commas. */
                        priority?: string;
                        /** @description Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\,`. */
                        label?: string;
                        /** @description Only tickets created after this time. */
                        created_after?: string;
                        /** @description Only tickets created before this time. */
                        created_before?: string;
                        /** @description Only tickets updated after this time. */
                        updated_after?: string;
                        /** @description Only tickets updated before this time. */
                        updated_before?: string;
                        /** @description Only tickets changed or commented on after this time. */
                        active_after?: string;
                        /** @description Only tickets last changed or commented on before this time. */
                        active_before?: string;
                        /** @description Only tickets whose status has one of these categories in the workflow of their project, separated by commas. */
                        status_category?: string;
                        /** @description Only tickets that are due later than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                        due_after?: string;
                        /** @description Only tickets that are due earlier than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                        due_before?: string;
                        /** @description Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count. */
                        q?: string;
                        /** @enum {string} */
                        deleted?: "true" | "false";
                        /**
                         * @description Tickets of archived projects: `false` leaves them out, `true` lists only them, `any` lists them with the others. The default is `false`, or `any` if project_id names a project.
                         * @enum {string}
                         */
                        archived?: "false" | "true" | "any";
                        /** @enum {string} */
                        sort?: "-created_at" | "created_at" | "-updated_at" | "updated_at" | "-last_activity_at" | "last_activity_at" | "rank" | "-priority" | "priority" | "due_on" | "-due_on";
                    };
                    /**
                     * @description Whether every member can see it. Viewers cannot share views.
                     * @default false
                     */
                    shared?: boolean;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
        };
    };
    get_view: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                view_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedView"];
                };
            };
        };
    };
    delete_view: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                view_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_view: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                view_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    /**
                     * @description `board` is a column for each status, and `list_by_status` a list in groups; both are of one project. `list` is a plain list.
                     * @enum {string}
                     */
                    layout?: "board" | "list" | "list_by_status";
                    /** @description Parameters of GET …/tickets, in the same form. `me` is the person who opens the view. */
                    query?: {
                        /** @description Only tickets of one of these projects, each by id or key, separated by commas. */
                        project_id?: string;
                        /** @description Only the tickets with these ids, at most 100, separated by commas. */
                        ids?: string;
                        /** @description Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket. */
                        status?: string;
                        /** @description Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas. */
                        assignee?: string;
                        /** @description Only tickets reported by one of these members or by the caller (`me`), separated by commas. */
                        reporter?: string;
                        /** @description Only tickets of one of these priorities, separated by commas. */
                        priority?: string;
                        /** @description Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\,`. */
                        label?: string;
                        /** @description Only tickets created after this time. */
                        created_after?: string;
                        /** @description Only tickets created before this time. */
                        created_before?: string;
                        /** @description Only tickets updated after this time. */
                        updated_after?: string;
                        /** @description Only tickets updated before this time. */
                        updated_before?: string;
                        /** @description Only tickets changed or commented on after this time. */
                        active_after?: string;
                        /** @description Only tickets last changed or commented on before this time. */
                        active_before?: string;
                        /** @description Only tickets whose status has one of these categories in the workflow of their project, separated by commas. */
                        status_category?: string;
                        /** @description Only tickets that are due later than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                        due_after?: string;
                        /** @description Only tickets that are due earlier than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                        due_before?: string;
                        /** @description Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count. */
                        q?: string;
                        /** @enum {string} */
                        deleted?: "true" | "false";
                        /**
                         * @description Tickets of archived projects: `false` leaves them out, `true` lists only them, `any` lists them with the others. The default is `false`, or `any` if project_id names a project.
                         * @enum {string}
                         */
                        archived?: "false" | "true" | "any";
                        /** @enum {string} */
                        sort?: "-created_at" | "created_at" | "-updated_at" | "updated_at" | "-last_activity_at" | "last_activity_at" | "rank" | "-priority" | "priority" | "due_on" | "-due_on";
                    };
                    /** @description Whether every member can see it. Viewers cannot share views. */
                    shared?: boolean;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    name?: string;
                    /**
                     * @description `board` is a column for each status, and `list_by_status` a list in groups; both are of one project. `list` is a plain list.
                     * @enum {string}
                     */
                    layout?: "board" | "list" | "list_by_status";
                    /** @description Parameters of GET …/tickets, in the same form. `me` is the person who opens the view. */
                    query?: {
                        /** @description Only tickets of one of these projects, each by id or key, separated by commas. */
                        project_id?: string;
                        /** @description Only the tickets with these ids, at most 100, separated by commas. */
                        ids?: string;
                        /** @description Only tickets in one of these statuses, separated by commas. A status that no workflow has matches no ticket. */
                        status?: string;
                        /** @description Only tickets assigned to one of these members, to the caller (`me`) or to nobody (`none`), separated by commas. */
                        assignee?: string;
                        /** @description Only tickets reported by one of these members or by the caller (`me`), separated by commas. */
                        reporter?: string;
                        /** @description Only tickets of one of these priorities, separated by commas. */
                        priority?: string;
                        /** @description Only tickets with at least one of these labels, separated by commas. A comma within a label is written `\,`. */
                        label?: string;
                        /** @description Only tickets created after this time. */
                        created_after?: string;
                        /** @description Only tickets created before this time. */
                        created_before?: string;
                        /** @description Only tickets updated after this time. */
                        updated_after?: string;
                        /** @description Only tickets updated before this time. */
                        updated_before?: string;
                        /** @description Only tickets changed or commented on after this time. */
                        active_after?: string;
                        /** @description Only tickets last changed or commented on before this time. */
                        active_before?: string;
                        /** @description Only tickets whose status has one of these categories in the workflow of their project, separated by commas. */
                        status_category?: string;
                        /** @description Only tickets that are due later than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                        due_after?: string;
                        /** @description Only tickets that are due earlier than this day. `today`, `today+7` and `today-1` are days counted from today in `time_zone`. */
                        due_before?: string;
                        /** @description Only tickets whose title has, for each of these texts, a word that starts with it, in any letter case. A text that is a key also matches the ticket with that key. A word begins at the start of the title, after white space and after punctuation. Only the first eight texts count. */
                        q?: string;
                        /** @enum {string} */
                        deleted?: "true" | "false";
                        /**
                         * @description Tickets of archived projects: `false` leaves them out, `true` lists only them, `any` lists them with the others. The default is `false`, or `any` if project_id names a project.
                         * @enum {string}
                         */
                        archived?: "false" | "true" | "any";
                        /** @enum {string} */
                        sort?: "-created_at" | "created_at" | "-updated_at" | "updated_at" | "-last_activity_at" | "last_activity_at" | "rank" | "-priority" | "priority" | "due_on" | "-due_on";
                    };
                    /** @description Whether every member can see it. Viewers cannot share views. */
                    shared?: boolean;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
        };
    };
    restore_view: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                view_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
        };
    };
    list_comments: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Comment"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_comment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    body: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
        };
    };
    get_comment: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
        };
    };
    delete_comment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_comment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    body: string;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    body: string;
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
        };
    };
    list_comment_revisions: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["CommentRevision"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    list_reactions: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Reaction"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    add_reaction: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
                /** @description One emoji, as percent-encoded UTF-8: 👍 is `%F0%9F%91%8D`. */
                emoji: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReactionSummary"];
                };
            };
        };
    };
    remove_reaction: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
                /** @description One emoji, as percent-encoded UTF-8: 👍 is `%F0%9F%91%8D`. */
                emoji: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    purge_comment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                comment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comment"];
                };
            };
        };
    };
    list_attachments: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Attachment"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    add_attachment: {
        parameters: {
            query: {
                /** @description The name of the file: Unicode text in one line. */
                name: string;
            };
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
        };
    };
    get_attachment: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                attachment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Attachment"];
                };
            };
        };
    };
    remove_attachment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                attachment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    get_attachment_link: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
                /** @description A UUID. */
                attachment_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentLink"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiToken"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /**
                     * @description What the token may be used for, within the rights of its person. `write` and `admin` include `read` of the same area.
                     *
                     *     - `workspace:read`: Read the workspace.
                     *     - `workspace:admin`: Rename the workspace.
                     *     - `members:read`: Read members, people, bots and invitations.
                     *     - `members:admin`: Invite, change and remove members, without making admins or owners; create, change and remove bots.
                     *     - `projects:read`: Read projects and their workflows.
                     *     - `projects:admin`: Create, change and archive projects, and replace their workflows.
                     *     - `tickets:read`: Read tickets, their transitions, comments, attachments and activity, with the names of the people who did it.
                     *     - `tickets:write`: Create, edit, assign, move, delete and restore tickets; comment on them, react to comments, add and remove attachments.
                     *     - `views:read`: Read views: those of its person or bot, and those that are shared.
                     *     - `views:write`: Create, change, share and delete views.
                     *     - `audit:read`: Read the audit log and the earlier texts of comments.
                     *     - `events:read`: Read the events of the workspace: for owners and admins, with everything that the audit log records.
                     *     - `notifications:read`: Read the notifications and settings of its person or bot, and what they watch.
                     *     - `notifications:write`: Mark notifications as read, archive and snooze them; change the settings; watch tickets.
                     *     - `webhooks:read`: Read webhooks and what was delivered, without their secrets.
                     *     - `webhooks:admin`: Create and change webhooks, which send all that the audit log has to any address.
                     */
                    scopes: components["schemas"]["TokenScope"][];
                    /**
                     * Format: int32
                     * @description How many days the token is valid, within what the server allows: 90 by default, 365 at most.
                     */
                    expires_in_days?: number;
                    /**
                     * Format: uuid
                     * @description The bot that the token is for; the caller by default.
                     */
                    user_id?: string;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiToken"];
                };
            };
        };
    };
    get_token: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiToken"];
                };
            };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                token_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Only entries by one of these members, separated by commas. */
                actor?: string;
                /** @description Only entries of one of these actions, separated by commas. */
                action?: string;
                /** @description Only entries about the subjects with these ids, separated by commas. */
                subject?: string;
                /** @description Only entries about subjects of one of these types, separated by commas. */
                subject_type?: string;
                /** @description Only entries created after this time. */
                created_after?: string;
                /** @description Only entries created before this time. */
                created_before?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEntry"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_audit_checkpoint: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    get_audit_tile: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description The level of the tiles, 0 to 6; or `entries`. */
                level: string;
                /** @description The tile: `067` or `x001/x234/067`; a partial one with its width: `067.p/17`. */
                tile: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
        };
    };
    get_audit_proof: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description The event’s number: its offset without leading zeros. */
                sequence: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    export_audit: {
        parameters: {
            query?: {
                /** @description How many events the client already has; the next ones are returned. */
                after?: number;
                /** @description The most events to return, 1 to 1000; fewer if they are long. */
                limit?: number;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
        };
    };
    read_events: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description Where to continue: the `next_offset` of the last response, or an event’s `offset`. `-1` is the beginning; `now` is the end, after everything that has happened. */
                after?: string;
                /** @description How many seconds to wait if there is no event yet. The response comes with the first event; it may also come earlier without one. */
                wait?: number;
                /** @description Only events of one of these types, separated by commas. */
                types?: string;
                /** @description Only events of one of these projects and their tickets, each by id or key, separated by commas. */
                project_id?: string;
                /** @description Only events of one of these tickets, each by id or key, separated by commas. */
                ticket?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Events"];
                    "text/event-stream": string;
                };
            };
        };
    };
    list_notifications: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description `inbox`: all that are neither archived nor snoozed. `unread`: those in the inbox that are unread. */
                folder?: "inbox" | "unread" | "snoozed" | "archived" | "all";
                /** @description Only notifications with one of these reasons, separated by commas. */
                kind?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Notification"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_unread_count: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnreadCount"];
                };
            };
        };
    };
    get_notification: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                notification_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notification"];
                };
            };
        };
    };
    update_notification: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                notification_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    read?: boolean;
                    archived?: boolean;
                    /** @description Hides it from the inbox until this time, when it comes back unread. Null: it comes back now. */
                    snoozed_until?: (string) | null;
                };
                "application/merge-patch+json": {
                    read?: boolean;
                    archived?: boolean;
                    /** @description Hides it from the inbox until this time, when it comes back unread. Null: it comes back now. */
                    snoozed_until?: (string) | null;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Notification"];
                };
            };
        };
    };
    read_notifications: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: uuid
                     * @description The latest notification that was seen. Later ones stay unread.
                     */
                    up_to: string;
                    /** @description Only those of this ticket, by its id or key. */
                    ticket?: string;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationsRead"];
                };
            };
        };
    };
    get_notification_settings: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettings"];
                };
            };
        };
    };
    update_notification_settings: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    kinds?: {
                        assigned?: boolean;
                        mentioned?: boolean;
                        moved?: boolean;
                        commented?: boolean;
                        due?: boolean;
                        webhook_stopped?: boolean;
                    };
                    mail?: {
                        assigned?: boolean;
                        mentioned?: boolean;
                        moved?: boolean;
                        commented?: boolean;
                        due?: boolean;
                        webhook_stopped?: boolean;
                    };
                    quiet_hours?: {
                        from: string;
                        to: string;
                        time_zone: string;
                    } | null;
                    muted_project_ids?: string[];
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    kinds?: {
                        assigned?: boolean;
                        mentioned?: boolean;
                        moved?: boolean;
                        commented?: boolean;
                        due?: boolean;
                        webhook_stopped?: boolean;
                    };
                    mail?: {
                        assigned?: boolean;
                        mentioned?: boolean;
                        moved?: boolean;
                        commented?: boolean;
                        due?: boolean;
                        webhook_stopped?: boolean;
                    };
                    quiet_hours?: {
                        from: string;
                        to: string;
                        time_zone: string;
                    } | null;
                    muted_project_ids?: string[];
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationSettings"];
                };
            };
        };
    };
    get_watching: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Watching"];
                };
            };
        };
    };
    set_watching: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description `automatic`: they watch the ticket if they reported it, are its assignee, commented on it or were mentioned. `muted`: they are only notified when they are assigned or mentioned.
                     * @enum {string}
                     */
                    choice: "automatic" | "watching" | "muted";
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Watching"];
                };
            };
        };
    };
    list_watchers: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A ticket’s id or key. */
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Watcher"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    create_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The address to send to: https, without user name and password, and not in a private network. */
                    url: string;
                    /** @default  */
                    description?: string;
                    /**
                     * @description The types of events that are sent to it; null: all.
                     * @default null
                     */
                    types?: components["schemas"]["EventType"][] | null;
                    /** @description Only events of these projects and their tickets are sent to it; null: all events, including those without a project. Each is given by id or key. */
                    project_ids?: string[] | null;
                };
            };
        };
        responses: {
            /** @description Created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
        };
    };
    get_webhook: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    update_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Apply the change only if this is the current version: an ETag, or `"7"`, or `*` for any. */
                "If-Match"?: string;
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The address to send to: https, without user name and password, and not in a private network. */
                    url?: string;
                    description?: string;
                    /** @description The types of events that are sent to it; null: all. */
                    types?: components["schemas"]["EventType"][] | null;
                    /** @description Only events of these projects and their tickets are sent to it; null: all events, including those without a project. Each is given by id or key. */
                    project_ids?: string[] | null;
                    /** @enum {string} */
                    state?: "active" | "paused";
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
                "application/merge-patch+json": {
                    /** @description The address to send to: https, without user name and password, and not in a private network. */
                    url?: string;
                    description?: string;
                    /** @description The types of events that are sent to it; null: all. */
                    types?: components["schemas"]["EventType"][] | null;
                    /** @description Only events of these projects and their tickets are sent to it; null: all events, including those without a project. Each is given by id or key. */
                    project_ids?: string[] | null;
                    /** @enum {string} */
                    state?: "active" | "paused";
                    /**
                     * Format: int32
                     * @description The version the change is based on. Alternatively send If-Match.
                     */
                    version?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
        };
    };
    rotate_webhook_secret: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: int32
                     * @description For how many seconds messages are also signed with the previous secret; 0: not at all.
                     * @default 86400
                     */
                    overlap_s?: number;
                };
            };
        };
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookSecret"];
                };
            };
        };
    };
    ping_webhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No content. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description The number of items per page, 1 to 100. */
                limit?: number;
                /** @description The `next_cursor` of the previous page; `start` is the first page. */
                cursor?: string;
                /** @description Return only these fields, separated by commas. */
                fields?: string;
                /** @description Only those in this state. */
                state?: "pending" | "given_up";
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Delivery"][];
                        next_cursor: string | null;
                    };
                };
            };
        };
    };
    get_delivery: {
        parameters: {
            query?: {
                /** @description Return only these fields, separated by commas. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags of responses that the client has: if one of them is current, the response is 304 without a body. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
                /** @description A UUID. */
                delivery_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryWithLog"];
                };
            };
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: {
                /** @description A key that the client chooses for this one write, such as a UUID. A write that is sent again with the same key is not done again, and gets the first response. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description A UUID. */
                workspace_id: string;
                /** @description A UUID. */
                webhook_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: uuid
                     * @description A UUID.
                     */
                    delivery_id: string;
                } | {
                    from: components["schemas"]["EventOffset"];
                    /** @description The last offset of the range: at most 1000 events, which may be older than the webhook. Events that the webhook has not come to yet are left out, because they are queued in their order anyway. */
                    to: components["schemas"]["EventOffset"];
                };
            };
        };
        responses: {
            /** @description OK. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redelivery"];
                };
            };
        };
    };
}
