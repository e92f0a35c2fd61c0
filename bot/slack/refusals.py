"""What Slack's error codes mean to delivery. https://docs.slack.dev/reference/methods/chat.postMessage#errors"""

from __future__ import annotations

# The token opens nothing there, whatever it is used for: nobody can be written to until the app is installed again.
# `auth.test` says the same of it, or that permissions are missing: else a workspace would be resumed at once.
THE_WORKSPACE = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
# A setting of the workspace or of the app forbids it, to everybody: an admin may change that before we give up.
A_SETTING = frozenset(
    {
        "access_denied",
        "accesslimited",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "messages_tab_disabled",
        "no_permission",
        "restricted_action",
        "team_access_not_granted",
        "team_added_to_org",
    }
)
# This account takes nothing, whatever is sent.
THE_PERSON = frozenset(
    {
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "not_in_channel",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
# The mistake is in what we sent.
THE_MESSAGE = frozenset(
    {
        "block_mismatch",
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)
