//! A message as a page of HTML for mail programs: styles within the elements, nothing loaded from elsewhere, no background of its own, so
//! that it can be read on a dark one.

use std::fmt::Write as _;

use crate::notify::texts::escaped;

use super::{AlertMessage, Message};

const FONT: &str = "font:15px/1.45 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const LINK: &str = "color:#3b82f6";
const FAINT: &str = "#88888866";
// Readable on white and on black.
const RED: &str = "#e5484d";
const ORANGE: &str = "#d97706";
const GREEN: &str = "#2f9e62";

impl Message {
    /// All of it as a page of HTML for a mail. Texts are escaped, and only addresses of the web are links.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut out = String::from(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <meta name=\"supported-color-schemes\" content=\"light dark\">",
        );
        let color = color(self.is_firing, self.severity.as_deref());
        let _ = write!(
            out,
            "<title>{title}</title></head>\n<body style=\"margin:0;padding:16px;{FONT}\">\n\
             <div style=\"max-width:680px;margin:0 auto\">\n\
             <div style=\"border-left:5px solid {color};padding:2px 0 2px 12px\">\
             <div style=\"font-size:18px;font-weight:600\">{title}</div><div>{summary}</div>",
            title = text(&self.title),
            summary = text(&self.summary),
        );
        if let Some(reason) = &self.reason {
            let _ = write!(out, "<div style=\"opacity:.75\">{}</div>", text(reason));
        }
        out.push_str("</div>\n");
        for alert in &self.alerts {
            self::alert(&mut out, alert);
        }
        if let Some(more) = self.more_text() {
            let _ = writeln!(out, "<p>{}</p>", text(&more));
        }
        if self.alerts.len() > 1 {
            let all = [
                ("All alerts", &self.dashboard),
                ("Silence all", &self.silence),
            ];
            let all: Vec<String> = all
                .iter()
                .filter_map(|(name, url)| Some(link(name, url.as_ref()?)))
                .collect();
            if !all.is_empty() {
                let _ = writeln!(out, "<p>{}</p>", all.join(" &middot; "));
            }
        }
        out.push_str("</div>\n</body></html>\n");
        out
    }
}

fn alert(out: &mut String, alert: &AlertMessage) {
    let state = if alert.is_firing {
        "FIRING"
    } else {
        "RESOLVED"
    };
    let color = color(alert.is_firing, alert.severity.as_deref());
    let severity = alert.severity.as_ref();
    let severity = severity.map(|severity| format!(" &middot; {}", text(severity)));
    let _ = writeln!(
        out,
        "<div style=\"margin-top:18px;border-top:1px solid {FAINT};padding-top:12px\">\n\
         <div><b style=\"color:{color}\">{state}</b> <b>{}</b>{}</div>",
        text(&alert.heading()),
        severity.unwrap_or_default(),
    );
    for line in alert.summary.iter().chain(&alert.description) {
        let _ = writeln!(out, "<div>{}</div>", text(line));
    }
    out.push_str("<table role=\"presentation\" style=\"margin-top:8px;border-collapse:collapse;font-size:14px\">\n");
    let is_shown =
        |(name, _): &(&'static str, String)| *name != "Runbook" || !alert.has_runbook_link();
    for (name, fact) in alert.facts().into_iter().filter(is_shown) {
        let _ = writeln!(
            out,
            "<tr><td style=\"padding:1px 14px 1px 0;opacity:.7;vertical-align:top;white-space:nowrap\">{name}</td>\
             <td style=\"padding:1px 0;word-break:break-word\">{}</td></tr>",
            text(&fact)
        );
    }
    out.push_str("</table>\n");
    let links = [
        ("Alert", &alert.dashboard),
        ("Silence", &alert.silence),
        ("Runbook", &alert.runbook),
        ("Source", &alert.generator),
    ];
    let links: Vec<String> = links
        .iter()
        .filter_map(|(name, url)| Some((name, url.as_ref()?)))
        .filter(|(name, _)| **name != "Runbook" || alert.has_runbook_link())
        .map(|(name, url)| link(name, url))
        .collect();
    if !links.is_empty() {
        let _ = writeln!(
            out,
            "<div style=\"margin-top:6px\">{}</div>",
            links.join(" &middot; ")
        );
    }
    out.push_str("</div>\n");
}

fn link(name: &str, url: &str) -> String {
    format!("<a style=\"{LINK}\" href=\"{}\">{name}</a>", text(url))
}

fn text(text: &str) -> String {
    escaped(text, false)
}

fn color(is_firing: bool, severity: Option<&str>) -> &'static str {
    match severity {
        _ if !is_firing => GREEN,
        Some("critical" | "page" | "error" | "fatal") | None => RED,
        Some(_) => ORANGE,
    }
}
