//! Health checks, and what calls say of the health of their providers.

use super::Definition;
use super::panel::{Panel, Step, Word};
use super::variable::CHECK;

const STATUS: &[Word] = &[
    Word("0", "up", "green"),
    Word("1", "unknown", "text"),
    Word("2", "degraded", "orange"),
    Word("3", "down", "red"),
];

const HELD: &[Word] = &[Word("0", "asked", "green"), Word("1", "held", "orange")];

pub(super) fn definition() -> Definition {
    Definition {
        name: "health",
        title: "LLM Vitals / Health",
        description: "Health checks of the gateways, and the providers that are not asked for a while. Every gateway checks for itself.",
        variables: vec![CHECK],
        timezone: "browser",
        panels: panels(),
    }
}

/// The status as a number, the worse the larger.
fn status(metric: &str, matchers: &str, by: &str) -> String {
    let one = |factor: u8, status: &str| {
        format!("{factor} * {metric}{{{matchers}, status=\"{status}\"}}")
    };
    format!(
        "sum by ({by}) ({} or {} or {} or {})",
        one(0, "up"),
        one(1, "unknown"),
        one(2, "degraded"),
        one(3, "down")
    )
}

fn panels() -> Vec<Panel> {
    let overall = format!(
        "max({})",
        status(
            "health_group_status",
            "%gateway, group=\"overall\"",
            "job, instance"
        )
    );
    vec![
        Panel::stat("Overall", "none")
            .about("The worst overall status of any gateway.")
            .nothing("No checks")
            .words(STATUS)
            .query(&overall, ""),
        Panel::stat("Checks that are not up", "none")
            .about("Checks of all gateways that are degraded or down.")
            .nothing("No checks")
            .steps(&[Step(1.0, "orange")])
            .query("sum(health_check_status{%check, status=~\"degraded|down\"})", ""),
        Panel::stat("Providers that are held", "none")
            .about("Providers that a gateway does not ask for a while, added up over the gateways.")
            .nothing("none")
            .steps(&[Step(1.0, "orange")])
            .query("sum(max by (job, instance, target) (health_target_held{%gateway}))", ""),
        Panel::stat("Oldest turn of the scheduler", "s")
            .about("Time since the scheduler of checks had its turn, in the gateway where that is longest. It has one every few seconds.")
            .nothing("No checks")
            .steps(&[Step(30.0, "orange"), Step(60.0, "red")])
            .query("max(time() - health_scheduler_heartbeat_timestamp_seconds{%gateway})", ""),
        Panel::stat("Oldest success", "dtdurations")
            .about("Time since a check was last found up, of the check where that is longest.")
            .nothing("No checks")
            .steps(&[Step(600.0, "orange"), Step(3600.0, "red")])
            .query("max(time() - max by (check) (health_check_last_success_timestamp_seconds{%check}))", ""),
        Panel::stat("Longest check p95", "s")
            .about("19 of 20 runs of the slowest check take no longer.")
            .nothing("No runs")
            .query(
                "max(histogram_quantile(0.95, sum by (check, le) (rate(health_check_duration_seconds_bucket{%check}[%rate]))) >= 0)",
                "",
            ),
        Panel::heading("Checks"),
        Panel::states("Status by check")
            .about("What each check found, gateway by gateway.")
            .nothing("No checks")
            .words(STATUS)
            .query(&status("health_check_status", "%check", "job, instance, check"), "{{check}} {{instance}}"),
        Panel::states("Status of groups")
            .about("What the checks together say: `ready` and `startup` are what Kubernetes asks, `overall` is that of /health.")
            .nothing("No checks")
            .words(STATUS)
            .query(&status("health_group_status", "%gateway", "job, instance, group"), "{{group}} {{instance}}"),
        Panel::bars("Time up", "percentunit")
            .about("Share of the chosen time in which a check was up or degraded, on average over the gateways.")
            .nothing("No checks")
            .max(1.0)
            .query(
                "avg by (check) (sum by (job, instance, check) (avg_over_time(health_check_status{%check, status=~\"up|degraded\"}[$__range])))",
                "{{check}}",
            ),
        Panel::lines("Time of a check p95", "s")
            .about("19 of 20 runs take no longer; one that was cancelled counts with its deadline.")
            .nothing("No runs")
            .query(
                "histogram_quantile(0.95, sum by (check, le) (rate(health_check_duration_seconds_bucket{%check}[%rate])))",
                "{{check}}",
            ),
        Panel::lines("Changes of status", "short")
            .about("How often a check came to have a status, in an hour.")
            .nothing("none")
            .query("sum by (check, status) (increase(health_check_transitions_total{%check}[1h]))", "{{check}} {{status}}"),
        Panel::lines("Time since the last run", "s")
            .about("A check that is due and does not run stands still. The longest of all gateways.")
            .nothing("No checks")
            .width(24)
            .query("max by (check) (time() - health_check_last_run_timestamp_seconds{%check})", "{{check}}"),
        Panel::heading("Providers by what calls say"),
        Panel::states("Held")
            .about("Whether calls to a provider are held back: it has failed, asked for a pause, or refused the account.")
            .nothing("none")
            .words(HELD)
            .query("max by (job, instance, target, reason) (health_target_held{%gateway})", "{{target}} {{reason}} {{instance}}"),
        Panel::lines("How often they came to be held", "short")
            .about("In an hour, by reason.")
            .nothing("none")
            .width(12)
            .query("sum by (target, reason) (increase(health_target_holds_total{%gateway}[1h]))", "{{target}} {{reason}}"),
    ]
}
