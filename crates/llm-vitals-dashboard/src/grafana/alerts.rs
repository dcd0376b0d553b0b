//! Alerts, the evaluation of their rules, and whether anybody is told.

use super::Definition;
use super::panel::{Panel, Step, Word};

const STATE: &[Word] = &[Word("1", "pending", "orange"), Word("2", "firing", "red")];

const FAILING: &[Word] = &[Word("0", "works", "green"), Word("1", "fails", "red")];

/// Alerts have the labels of their expressions: neither `job` nor `instance` of whoever evaluates.
const ALERT: &str = "alertname, severity, provider, model, cache, node, slo";

pub(super) fn definition() -> Definition {
    let mut panels = alerts();
    panels.extend(notifications());
    panels.extend(rules());
    Definition {
        name: "alerts",
        title: "LLM Vitals / Alerts and notifications",
        description: "Alerts as the data source has them: those of a gateway over its API, those of the Prometheus over a Prometheus. Rules and notifications of the gateways are below.",
        variables: Vec::new(),
        timezone: "browser",
        panels,
    }
}

fn alerts() -> Vec<Panel> {
    let states = format!(
        "max by ({ALERT}) (1 * ALERTS{{alertstate=\"pending\"}} or 2 * ALERTS{{alertstate=\"firing\"}})"
    );
    vec![
        Panel::stat("Firing", "none")
            .about("Alerts that fire, by the rules that the data source evaluates.")
            .nothing("none")
            .steps(&[Step(1.0, "red")])
            .query("count(ALERTS{alertstate=\"firing\"}) or vector(0)", ""),
        Panel::stat("Pending", "none")
            .about("Alerts whose condition holds, and has not for long enough.")
            .nothing("none")
            .steps(&[Step(1.0, "orange")])
            .query("count(ALERTS{alertstate=\"pending\"}) or vector(0)", ""),
        Panel::stat("In the gateways", "none")
            .about("Alerts that fire by the rules of the gateways themselves, added up.")
            .nothing("No rules")
            .steps(&[Step(1.0, "red")])
            .query("sum(alert_alerts{%gateway, state=\"firing\"})", ""),
        Panel::stat("Receivers that fail", "none")
            .about("Receivers of the gateways that have not been reached for a while.")
            .nothing("No receivers")
            .steps(&[Step(1.0, "red")])
            .query("sum(alert_notifications_failing{%gateway})", ""),
        Panel::stat("Never told", "none")
            .about("Notifications in the chosen time that will never arrive, or for which there was no room.")
            .nothing("No receivers")
            .steps(&[Step(1.0, "red")])
            .query(
                "sum(increase(alert_notifications_given_up_total{%gateway}[$__range])) + sum(increase(alert_notifications_refused_total{%gateway}[$__range]))",
                "",
            ),
        Panel::stat("Rules that fail", "none")
            .about("Evaluations of rules in the chosen time that failed.")
            .nothing("No rules")
            .steps(&[Step(1.0, "red")])
            .query("sum(increase(alert_rule_evaluation_failures_total{%gateway}[$__range]))", ""),
        Panel::states("Alerts over time")
            .about("What each alert was at. Where there is no colour it was not there.")
            .nothing("No alerts")
            .words(STATE)
            .query(&states, "{{alertname}} {{provider}} {{model}} {{cache}} {{node}} {{slo}}"),
        Panel::table("Alerts now")
            .about("Since when the condition of each alert holds.")
            .nothing("No alerts")
            .width(12)
            .column(
                "1000 * ALERTS_FOR_STATE * ignoring (alertstate) group_right () ALERTS",
                "Since",
                "dateTimeAsIso",
            ),
    ]
}

fn notifications() -> Vec<Panel> {
    vec![
        Panel::heading("Notifications of the gateways"),
        Panel::stack("Attempts", "short")
            .about("Attempts to deliver a notification, in an hour.")
            .nothing("No receivers")
            .query("sum by (integration) (increase(alert_notifications_total{%gateway}[1h]))", "{{integration}}"),
        Panel::stack("Delivered", "short")
            .about("Notifications that arrived, in an hour.")
            .nothing("No receivers")
            .query("sum by (integration) (increase(alert_notifications_delivered_total{%gateway}[1h]))", "{{integration}}"),
        Panel::stack("Failed attempts", "short")
            .about("Attempts in an hour that failed, by reason. They are made again unless the reason is final.")
            .nothing("none")
            .query("sum by (integration, reason) (increase(alert_notifications_failed_total{%gateway}[1h]))", "{{integration}} {{reason}}"),
        Panel::states("Receivers")
            .about("Whether a receiver works, gateway by gateway.")
            .nothing("No receivers")
            .words(FAILING)
            .width(8)
            .query(
                "max by (job, instance, receiver, integration) (alert_notifications_failing{%gateway})",
                "{{receiver}} {{integration}} {{instance}}",
            ),
        Panel::lines("Notifications that wait", "none")
            .about("Notifications in the queue of a receiver, or being sent.")
            .nothing("No receivers")
            .query("sum by (receiver, integration) (alert_notifications_queue_length{%gateway})", "{{receiver}} {{integration}}"),
        Panel::lines("Time until told", "s")
            .about("Mean time from when a notification is due to when it has arrived, retries included, and of one attempt.")
            .nothing("none")
            .query(
                "sum by (integration) (rate(alert_notification_delivery_seconds_sum{%gateway}[%rate]))
                 / (sum by (integration) (rate(alert_notification_delivery_seconds_count{%gateway}[%rate])) > 0)",
                "{{integration}}",
            )
            .query(
                "sum by (integration) (rate(alert_notification_latency_seconds_sum{%gateway}[%rate]))
                 / (sum by (integration) (rate(alert_notification_latency_seconds_count{%gateway}[%rate])) > 0)",
                "{{integration}} attempt",
            ),
        Panel::lines("Alerts in the dispatcher", "none")
            .about("Alerts by whether somebody is told: those that are silenced, inhibited or muted are suppressed.")
            .nothing("No receivers")
            .query("sum by (state) (alert_dispatcher_alerts{%gateway})", "{{state}}"),
        Panel::lines("Silences", "none")
            .about("Silences in the gateways.")
            .nothing("No receivers")
            .query("sum by (state) (alert_silences{%gateway})", "{{state}}"),
        Panel::stack("Heartbeats", "short")
            .about("Heartbeats in an hour: sent, failed, or withheld because evaluation or delivery stood still.")
            .nothing("No heartbeat")
            .query("sum by (receiver, result) (increase(alert_heartbeats_total{%gateway}[1h]))", "{{receiver}} {{result}}"),
        Panel::stack("Alerts taken", "short")
            .about("Alerts in an hour that the dispatcher took, and those that it did not take because they are invalid.")
            .nothing("No receivers")
            .width(12)
            .query("sum by (status) (increase(alert_alerts_received_total{%gateway}[1h]))", "{{status}}")
            .query("sum(increase(alert_alerts_invalid_total{%gateway}[1h]))", "invalid"),
        Panel::stack("Notifications that were not needed", "short")
            .about("In an hour: those that became part of a newer one before they were sent, and alerts that began and ended before their group was due.")
            .nothing("No receivers")
            .width(12)
            .query("sum by (integration) (increase(alert_notifications_merged_total{%gateway}[1h]))", "{{integration}} merged")
            .query("sum(increase(alert_alerts_unnotified_total{%gateway}[1h]))", "ended before"),
    ]
}

fn rules() -> Vec<Panel> {
    vec![
        Panel::heading("Rules of the gateways"),
        Panel::lines("Time of an evaluation", "percentunit")
            .about("Time that the last evaluation of a group took, as a share of the time between two. At 1 evaluations are missed.")
            .nothing("No rules")
            .steps(&[Step(0.5, "orange"), Step(1.0, "red")])
            .query(
                "max by (rule_group) (alert_rule_group_last_duration_seconds{%gateway} / (alert_rule_group_interval_seconds{%gateway} > 0))",
                "{{rule_group}}",
            ),
        Panel::lines("Time since the last evaluation", "s")
            .about("The longest of all gateways.")
            .nothing("No rules")
            .query("max by (rule_group) (time() - alert_rule_group_last_evaluation_timestamp_seconds{%gateway})", "{{rule_group}}"),
        Panel::lines("Evaluations", "ops")
            .about("Evaluations of rules a second.")
            .nothing("No rules")
            .query("sum by (rule_group) (rate(alert_rule_evaluations_total{%gateway}[%rate]))", "{{rule_group}}"),
        Panel::lines("Evaluations that were missed", "percentunit")
            .about("Share of the times of evaluation that passed without one.")
            .nothing("No rules")
            .steps(&[Step(0.01, "red")])
            .query(
                "sum by (rule_group) (rate(alert_rule_group_iterations_missed_total{%gateway}[%rate]))
                 / (sum by (rule_group) (rate(alert_rule_group_iterations_total{%gateway}[%rate])) > 0)",
                "{{rule_group}}",
            ),
        Panel::lines("Rules", "none")
            .about("Rules of each group. Gateways that differ have different files.")
            .nothing("No rules")
            .query("max by (rule_group) (alert_rule_group_rules{%gateway})", "{{rule_group}}")
            .query(
                "max by (rule_group) (alert_rule_group_rules{%gateway}) != min by (rule_group) (alert_rule_group_rules{%gateway})",
                "{{rule_group}} differs",
            ),
        Panel::lines("What went wrong", "short")
            .about("In an hour: texts that could not be filled in, samples that the store did not take, states that could not be saved.")
            .nothing("none")
            .steps(&[Step(1.0, "red")])
            .query("sum(increase(alert_template_failures_total{%gateway}[1h]))", "texts")
            .query("sum(increase(alert_refused_samples_total{%gateway}[1h]))", "samples")
            .query("sum(increase(alert_state_save_failures_total{%gateway}[1h]))", "state of alerts")
            .query("sum(increase(alert_notify_state_save_failures_total{%gateway}[1h]))", "state of notifying"),
    ]
}
