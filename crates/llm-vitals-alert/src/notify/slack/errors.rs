//! What Slack's words mean for the queue.

use super::super::notifier::NotifyError;

/// Whether Slack refuses how the message looks, so that a plainer one may be taken.
pub(super) fn is_layout(code: &str) -> bool {
    matches!(
        code,
        "invalid_blocks"
            | "invalid_blocks_format"
            | "invalid_attachments"
            | "invalid_payload"
            | "invalid_arguments"
            | "attachment_payload_limit_exceeded"
            | "msg_blocks_too_long"
            | "msg_too_long"
            | "too_many_attachments"
    )
}

/// The error for Slack's word, such as `channel_not_found`.
pub(super) fn error(code: &str) -> NotifyError {
    let permanent =
        |reason, hint: &str| NotifyError::permanent(reason, format!("Slack says {code}: {hint}"));
    match code {
        "ratelimited" | "rate_limited" | "message_limit_exceeded" => {
            NotifyError::temporary("rate_limited", format!("Slack says {code}"))
        }
        "internal_error"
        | "fatal_error"
        | "service_unavailable"
        | "request_timeout"
        | "rollup_error"
        | "update_failed"
        | "team_added_to_org"
        | "org_login_required"
        | "external_channel_migrating"
        | "server_error" => NotifyError::temporary("server_error", format!("Slack says {code}")),
        "invalid_auth"
        | "not_authed"
        | "account_inactive"
        | "token_revoked"
        | "token_expired"
        | "invalid_token"
        | "not_allowed_token_type" => permanent(
            "auth",
            "the token or the webhook's address is not valid; make a new one",
        ),
        "missing_scope" => permanent(
            "auth",
            "the app needs the scope chat:write, and chat:write.customize for a name or an icon; install it again",
        ),
        "no_permission"
        | "access_denied"
        | "accesslimited"
        | "ekm_access_denied"
        | "enterprise_is_restricted"
        | "team_access_not_granted"
        | "two_factor_setup_required"
        | "action_prohibited" => permanent("auth", "an administrator does not allow it"),
        "no_service" | "no_active_hooks" | "no_team" | "team_disabled" | "no_service_id" => {
            permanent(
                "client_error",
                "the webhook was removed or switched off; make a new one",
            )
        }
        "channel_not_found" | "user_not_found" | "team_not_found" => permanent(
            "client_error",
            "there is no such channel, or it is private and the app was not invited",
        ),
        "not_in_channel" => permanent("client_error", "invite the app to the channel"),
        "is_archived" | "channel_is_archived" | "is_inactive" => {
            permanent("client_error", "the channel is archived; name another one")
        }
        "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "restricted_action_non_threadable_channel"
        | "posting_to_general_channel_denied" => {
            permanent("client_error", "the app may not write to the channel")
        }
        _ if is_layout(code) || code == "no_text" => {
            permanent("invalid", "the message is not accepted as it is")
        }
        _ => NotifyError::permanent("client_error", format!("Slack says {code}")),
    }
}

/// Whether `chat.update` may be given up: the message is there for nobody to change, and an answer in the thread tells the rest.
pub(super) fn is_no_longer_editable(code: &str) -> bool {
    matches!(
        code,
        "cant_update_message"
            | "edit_window_closed"
            | "block_mismatch"
            | "as_user_not_supported"
            | "streaming_state_conflict"
            | "is_inactive"
    ) || is_layout(code)
}

/// Whether there is nothing to answer to.
pub(super) fn is_without_thread(code: &str) -> bool {
    matches!(
        code,
        "message_not_found"
            | "thread_not_found"
            | "cannot_reply_to_message"
            | "restricted_action_non_threadable_channel"
    )
}
