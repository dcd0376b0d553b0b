//! What is printed at the start.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use crate::app::App;

/// The most models that are named of one provider.
const MOST: usize = 5;

/// Prints where the gateway listens, first, who answers, who is told of alerts, and what to try.
pub(crate) fn print(
    app: &App,
    listen: SocketAddr,
    management: SocketAddr,
    needs_key: bool,
    dashboard: &str,
    told: &str,
) {
    let mut out = format!("listening on http://{listen}\n\nproviders\n");
    let all = app.upstreams.routing.models();
    for upstream in &app.upstreams.list {
        let own: Vec<&str> = all
            .iter()
            .filter_map(|model| model.id.strip_prefix(&*upstream.name)?.strip_prefix('/'))
            .collect();
        let more = own.len().saturating_sub(MOST);
        let mut models = own[..own.len() - more].join(", ");
        if more > 0 {
            let _ = write!(models, " and {more} more");
        } else if own.is_empty() {
            "asking for its models".clone_into(&mut models);
        }
        let _ = writeln!(out, "  {:<14}{models}", upstream.name);
    }
    let told = if told.is_empty() {
        "nobody: name somebody under `notify`"
    } else {
        told
    };
    let token = if app.has_token {
        " (asks for the management token)"
    } else {
        ""
    };
    let _ = write!(
        out,
        "\ndashboard       {dashboard}/{token}\ntold of alerts  {told}\n"
    );
    let token = if app.has_token {
        " -H 'authorization: Bearer TOKEN'"
    } else {
        ""
    };
    let model = all.first().map_or("MODEL", |model| &*model.id);
    let key = if needs_key {
        " -H 'authorization: Bearer KEY'"
    } else {
        ""
    };
    let _ = write!(
        out,
        "\ntry\n  curl http://{listen}/v1/chat/completions{key} -H 'content-type: application/json' \\\n    \
         -d '{{\"model\": \"{model}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'\n  \
         curl{token} http://{management}/metrics\n  curl{token} http://{management}/stats\n\n"
    );
    let mut stdout = std::io::stdout().lock();
    // Nobody may be reading.
    let _ = stdout
        .write_all(out.as_bytes())
        .and_then(|()| stdout.flush());
}
