//! Slack with a bot's token: one thread for a group.

use llm_vitals_alert::notify::{Notification, Notifier, Receipt, Secret, Slack, SlackSettings};
use serde_json::{Value, json};

use super::schema;
use super::server::{Answer, Request, Server};
use super::support::{firing, first, notification, resolved, texts, told};

const FIRST: &str = "C123ABC456/1503435956.000247";

fn settings(server: &Server) -> SlackSettings {
    let mut settings = SlackSettings::default();
    settings.bot_token = Some(Secret::new("xoxb-0123456789"));
    settings.api_base = Some(server.url("/api"));
    settings.channel = Some("#alerts".into());
    settings.username = Some("watch".into());
    settings
}

fn bot(server: &Server) -> Slack {
    Slack::new(&settings(server), texts()).unwrap()
}

fn posted(ts: &str) -> Answer {
    Answer::json(
        200,
        &json!({"ok": true, "channel": "C123ABC456", "ts": ts, "message": {"text": "x"}}),
    )
}

fn no(error: &str) -> Answer {
    Answer::json(200, &json!({"ok": false, "error": error}))
}

fn receipt(thread: &str) -> Receipt {
    serde_json::from_value(json!({"thread": thread})).unwrap()
}

fn more() -> Notification {
    let mut other = firing();
    other["labels"]["provider"] = "anthropic".into();
    notification("new_alerts", &[firing(), other])
}

fn methods(requests: &[Request]) -> Vec<&str> {
    requests
        .iter()
        .map(|request| request.path.strip_prefix("/api/").unwrap())
        .collect()
}

fn checked(request: &Request) -> Value {
    assert_eq!(request.header("authorization"), "Bearer xoxb-0123456789");
    assert_eq!(
        request.header("content-type"),
        "application/json; charset=utf-8"
    );
    let body = request.json();
    schema::slack(&body).unwrap();
    assert_eq!(body["parse"], "none");
    body
}

#[tokio::test]
async fn the_first_message_of_a_group_begins_a_thread() {
    let server = Server::start().await;
    server.answer([posted("1503435956.000247")]);
    let given = bot(&server).notify(&first(), None).await.unwrap();
    assert_eq!(given, receipt(FIRST));
    let request = server.only();
    assert_eq!(request.path, "/api/chat.postMessage");
    let body = checked(&request);
    assert_eq!(
        (&body["channel"], &body["username"]),
        (&json!("#alerts"), &json!("watch"))
    );
    assert_eq!((body.get("thread_ts"), body.get("ts")), (None, None));
}

#[tokio::test]
async fn later_ones_change_the_first_message_and_answer_to_it() {
    let server = Server::start().await;
    let bot = bot(&server);
    let cases = [
        (
            more(),
            Some(&json!(true)),
            "danger",
            "[FIRING:2] HighErrorRate",
        ),
        (
            notification("repeat", &[firing()]),
            Some(&json!(true)),
            "danger",
            "[FIRING:1] HighErrorRate (openai)",
        ),
        (
            notification("all_resolved", &[resolved()]),
            None,
            "good",
            "[RESOLVED] HighErrorRate (openai)",
        ),
    ];
    for (notification, broadcast, color, title) in cases {
        server.answer([posted("1503435956.000247"), posted("1503439999.000100")]);
        let given = bot
            .notify(&notification, Some(&receipt(FIRST)))
            .await
            .unwrap();
        // The thread stays that of the first message.
        assert_eq!(given, receipt(FIRST));
        let requests = server.take();
        assert_eq!(methods(&requests), ["chat.update", "chat.postMessage"]);
        let (update, answer) = (checked(&requests[0]), checked(&requests[1]));
        assert_eq!(update["channel"], "C123ABC456");
        assert_eq!(update["ts"], "1503435956.000247");
        assert_eq!(update.get("thread_ts").or(update.get("username")), None);
        assert_eq!(update["attachments"][0]["color"], color);
        assert!(update["text"].as_str().unwrap().contains(title), "{update}");
        assert_eq!(answer["channel"], "C123ABC456");
        assert_eq!(answer["thread_ts"], "1503435956.000247");
        assert_eq!(answer.get("reply_broadcast"), broadcast);
        assert_eq!(answer.get("ts"), None);
        assert_eq!(answer["attachments"], update["attachments"]);
    }
}

#[tokio::test]
async fn a_group_that_begins_again_begins_a_new_thread() {
    let server = Server::start().await;
    for previous in [
        Some(receipt(FIRST)),
        Some(receipt("nonsense")),
        Some(receipt("/")),
        None,
    ] {
        server.answer([posted("1600000000.000001")]);
        let given = bot(&server)
            .notify(&first(), previous.as_ref())
            .await
            .unwrap();
        assert_eq!(given, receipt("C123ABC456/1600000000.000001"));
        assert_eq!(methods(&server.take()), ["chat.postMessage"]);
    }
}

#[tokio::test]
async fn a_failure_on_the_way_repeats_the_change_and_never_the_answer() {
    let server = Server::start().await;
    let bot = bot(&server);
    // The change fails: nothing is posted.
    server.answer([Answer::new(503, "")]);
    let error = bot
        .notify(&more(), Some(&receipt(FIRST)))
        .await
        .unwrap_err();
    assert_eq!(
        (error.is_temporary(), error.reason()),
        (true, "server_error")
    );
    assert_eq!(methods(&server.take()), ["chat.update"]);
    // The answer fails: the queue tries both again.
    server.answer([posted("1.1"), no("ratelimited").with("retry-after", "9")]);
    let error = bot
        .notify(&more(), Some(&receipt(FIRST)))
        .await
        .unwrap_err();
    let (is_temporary, reason, wait, _) = told(&error);
    assert_eq!(
        (is_temporary, reason, wait.map(|wait| wait.as_secs())),
        (true, "rate_limited", Some(9))
    );
    assert_eq!(methods(&server.take()), ["chat.update", "chat.postMessage"]);
}

#[tokio::test]
async fn a_first_message_that_cannot_be_changed_is_answered_and_one_that_is_gone_is_posted_anew() {
    let server = Server::start().await;
    let bot = bot(&server);
    for word in [
        "edit_window_closed",
        "cant_update_message",
        "invalid_blocks",
    ] {
        server.answer([no(word), posted("1.2")]);
        let given = bot.notify(&more(), Some(&receipt(FIRST))).await.unwrap();
        assert_eq!(given, receipt(FIRST));
        assert_eq!(methods(&server.take()), ["chat.update", "chat.postMessage"]);
    }
    server.answer([no("message_not_found"), posted("1700000000.000001")]);
    let given = bot.notify(&more(), Some(&receipt(FIRST))).await.unwrap();
    assert_eq!(given, receipt("C123ABC456/1700000000.000001"));
    let requests = server.take();
    assert_eq!(methods(&requests), ["chat.update", "chat.postMessage"]);
    let body = checked(&requests[1]);
    assert_eq!(
        (&body["channel"], body.get("thread_ts")),
        (&json!("#alerts"), None)
    );

    server.answer([
        posted("1.1"),
        no("restricted_action_non_threadable_channel"),
        posted("1700000000.000002"),
    ]);
    let given = bot.notify(&more(), Some(&receipt(FIRST))).await.unwrap();
    assert_eq!(given, receipt("C123ABC456/1700000000.000002"));
    assert_eq!(server.take().len(), 3);
}

#[tokio::test]
async fn an_answer_that_cannot_be_shown_in_the_channel_is_posted_in_the_thread_alone() {
    let server = Server::start().await;
    server.answer([posted("1.1"), no("cant_broadcast_message"), posted("1.2")]);
    bot(&server)
        .notify(&more(), Some(&receipt(FIRST)))
        .await
        .unwrap();
    let requests = server.take();
    assert_eq!(
        methods(&requests),
        ["chat.update", "chat.postMessage", "chat.postMessage"]
    );
    let answer = checked(&requests[2]);
    assert_eq!(answer["thread_ts"], "1503435956.000247");
    assert_eq!(answer.get("reply_broadcast"), None);
}

#[tokio::test]
async fn no_is_said_with_status_200() {
    let server = Server::start().await;
    let bot = bot(&server);
    let cases = [
        (no("invalid_auth"), (false, "auth")),
        (no("token_revoked"), (false, "auth")),
        (no("missing_scope"), (false, "auth")),
        (no("channel_not_found"), (false, "client_error")),
        (no("not_in_channel"), (false, "client_error")),
        (no("is_archived"), (false, "client_error")),
        (no("a_word_of_tomorrow"), (false, "client_error")),
        (no("no_text"), (false, "invalid")),
        (no("ratelimited"), (true, "rate_limited")),
        (no("internal_error"), (true, "server_error")),
        (no("fatal_error"), (true, "server_error")),
        (no("request_timeout"), (true, "server_error")),
        (no("team_added_to_org"), (true, "server_error")),
        (Answer::new(200, "ok"), (false, "invalid")),
        (Answer::new(429, ""), (true, "rate_limited")),
        (Answer::new(500, ""), (true, "server_error")),
    ];
    for (answer, expected) in cases {
        let shown = format!("{answer:?}");
        server.answer([answer]);
        let error = bot.notify(&first(), None).await.unwrap_err();
        assert_eq!((error.is_temporary(), error.reason()), expected, "{shown}");
        assert!(!error.to_string().contains("xoxb"), "{error}");
        assert_eq!(server.take().len(), 1, "{shown}");
    }
}

#[tokio::test]
async fn what_is_too_long_for_slack_is_sent_plain() {
    let server = Server::start().await;
    for word in ["msg_blocks_too_long", "msg_too_long", "invalid_attachments"] {
        server.answer([no(word), posted("1503435956.000247")]);
        let given = bot(&server).notify(&first(), None).await.unwrap();
        assert_eq!(given, receipt(FIRST));
        let requests = server.take();
        let body = checked(&requests[1]);
        assert_eq!(body.get("attachments"), None);
        assert_eq!(body["channel"], "#alerts");
    }
}

#[tokio::test]
async fn the_check_asks_whether_the_token_is_valid() {
    let server = Server::start().await;
    server.answer([Answer::json(
        200,
        &json!({"ok": true, "team": "t", "user": "bot"}),
    )]);
    bot(&server).check().await.unwrap();
    let request = server.only();
    assert_eq!((&*request.path, &*request.body), ("/api/auth.test", "{}"));
    assert_eq!(request.header("authorization"), "Bearer xoxb-0123456789");
    server.answer([no("account_inactive")]);
    let error = bot(&server).check().await.unwrap_err();
    assert_eq!((error.is_temporary(), error.reason()), (false, "auth"));
}

#[tokio::test]
async fn an_address_of_the_api_with_a_token_in_http_config_is_a_bot() {
    let server = Server::start().await;
    let mut settings = SlackSettings::default();
    settings.api_url = Some(server.secret("/api/chat.postMessage"));
    settings.http.authorization = Some(("Bearer".into(), Secret::new("xoxb-0123456789")));
    settings.channel = Some("#alerts".into());
    let bot = Slack::new(&settings, texts()).unwrap();
    server.answer([posted("1503435956.000247")]);
    let given = bot.notify(&first(), None).await.unwrap();
    assert_eq!(given, receipt(FIRST));
    let request = server.only();
    assert_eq!(request.path, "/api/chat.postMessage");
    checked(&request);

    settings.channel = None;
    let error = Slack::new(&settings, texts()).unwrap_err();
    assert_eq!(error.to_string(), "a bot needs a channel");
}
