//! What clients see of the whole service, and how its processes are.

use super::Definition;
use super::panel::{Panel, Step};

pub(super) fn definition() -> Definition {
    let mut panels = glance();
    panels.extend(requests());
    panels.extend(latency());
    panels.extend(processes());
    Definition {
        name: "service",
        title: "LLM Vitals / Service",
        description: "What clients see: requests, errors and latencies with retries and fallbacks included, and the processes.",
        variables: Vec::new(),
        timezone: "browser",
        panels,
    }
}

fn glance() -> Vec<Panel> {
    vec![
        Panel::stat("Requests", "reqps")
            .about("Requests of clients a second, however they ended.")
            .width(3)
            .query("sum(rate(llm_service_requests_total{%gateway}[%rate]))", ""),
        Panel::stat("Errors", "percentunit")
            .about("Share of the requests that failed for the client, of those that were not given up. A fallback that answered is no error.")
            .width(3)
            .steps(&[Step(0.01, "orange"), Step(0.05, "red")])
            .query(ERRORS, ""),
        Panel::stat("Latency p95", "s")
            .about("19 of 20 successful requests take no longer, retries and fallbacks included.")
            .width(3)
            .query(
                "histogram_quantile(0.95, sum by (le) (rate(llm_service_request_duration_seconds_bucket{%gateway, status=\"success\"}[%rate])))",
                "",
            ),
        Panel::stat("First token p95", "s")
            .about("19 of 20 streamed answers of providers begin no later.")
            .width(3)
            .query(
                "histogram_quantile(0.95, sum by (le) (rate(llm_time_to_first_token_seconds_bucket{%gateway}[%rate])))",
                "",
            ),
        Panel::stat("Tokens a second", "short")
            .about("Prompt and completion tokens a second, as providers counted them.")
            .width(3)
            .query("sum(rate(llm_tokens_total{%gateway}[%rate]))", ""),
        Panel::stat("Cost an hour", "currencyUSD")
            .about("US dollars that calls to providers cost in an hour at the present rate. Calls without a price are not in it.")
            .width(3)
            .query("3600 * sum(rate(llm_cost_usd_total{%gateway}[%rate]))", ""),
        Panel::stat("Alerts that fire", "none")
            .about("Alerts that fire by the rules of the gateways themselves.")
            .nothing("none")
            .width(3)
            .steps(&[Step(1.0, "red")])
            .query("sum(alert_alerts{%gateway, state=\"firing\"})", ""),
        Panel::stat("Gateways", "none")
            .about("Processes that report.")
            .nothing("none")
            .width(3)
            .query("count(count by (job, instance) (llm_requests_in_flight{%gateway}))", ""),
    ]
}

const ERRORS: &str = "
    (sum(rate(llm_service_requests_total{%gateway, status=\"error\"}[%rate])) or 0 * sum(rate(llm_service_requests_total{%gateway}[%rate])))
    / (sum(rate(llm_service_requests_total{%gateway, status=~\"success|error\"}[%rate])) > 0)";

fn requests() -> Vec<Panel> {
    vec![
        Panel::heading("Requests"),
        Panel::stack("Requests by end", "reqps")
            .about("Requests of clients a second. One that the client gave up is cancelled.")
            .query("sum by (status) (rate(llm_service_requests_total{%gateway}[%rate]))", "{{status}}"),
        Panel::lines("Errors and cancels", "percentunit")
            .about("Share of failed requests among those that were not given up, and share of given up ones among all.")
            .steps(&[Step(0.05, "red")])
            .query(ERRORS, "errors")
            .query(
                "sum(rate(llm_service_requests_total{%gateway, status=\"cancelled\"}[%rate]))
                 / (sum(rate(llm_service_requests_total{%gateway}[%rate])) > 0)",
                "cancelled",
            ),
        Panel::stack("Requests by operation", "reqps")
            .about("Requests of clients a second.")
            .query("sum by (operation) (rate(llm_service_requests_total{%gateway}[%rate]))", "{{operation}}"),
        Panel::stack("Requests by gateway", "reqps")
            .about("How the load is spread over the processes.")
            .query("sum by (job, instance) (rate(llm_service_requests_total{%gateway}[%rate]))", "{{instance}}"),
        Panel::stack("Calls in flight", "none")
            .about("Calls to providers that have not ended.")
            .nothing("none")
            .query("sum by (provider) (llm_requests_in_flight{%gateway})", "{{provider}}"),
        Panel::lines("Attempts for each request", "short")
            .about("Attempts at providers for each request of a client: above 1 are retries and fallbacks, below 1 answers from the cache.")
            .query(
                "sum(rate(llm_attempts_total{%gateway}[%rate]))
                 / (sum(rate(llm_service_requests_total{%gateway}[%rate])) > 0)",
                "attempts",
            ),
    ]
}

fn latency() -> Vec<Panel> {
    vec![
        Panel::heading("Latency"),
        Panel::lines("Latency", "s")
            .about("Percentiles of the time of successful requests, to the last byte.")
            .query(
                "histogram_quantile(0.5, sum by (le) (rate(llm_service_request_duration_seconds_bucket{%gateway, status=\"success\"}[%rate])))",
                "p50",
            )
            .query(
                "histogram_quantile(0.95, sum by (le) (rate(llm_service_request_duration_seconds_bucket{%gateway, status=\"success\"}[%rate])))",
                "p95",
            )
            .query(
                "histogram_quantile(0.99, sum by (le) (rate(llm_service_request_duration_seconds_bucket{%gateway, status=\"success\"}[%rate])))",
                "p99",
            )
            .query(
                "sum(rate(llm_service_request_duration_seconds_sum{%gateway, status=\"success\"}[%rate]))
                 / (sum(rate(llm_service_request_duration_seconds_count{%gateway, status=\"success\"}[%rate])) > 0)",
                "mean",
            )
            .width(12),
        Panel::heat("Spread of latency", "s")
            .about("Successful requests by how long they took.")
            .query(
                "sum by (le) (increase(llm_service_request_duration_seconds_bucket{%gateway, status=\"success\"}[%rate]))",
                "{{le}}",
            ),
        Panel::lines("Latency p95 by operation", "s")
            .about("19 of 20 successful requests take no longer.")
            .query(
                "histogram_quantile(0.95, sum by (operation, le) (rate(llm_service_request_duration_seconds_bucket{%gateway, status=\"success\"}[%rate])))",
                "{{operation}}",
            )
            .width(12),
        Panel::heat("Spread of the time to the first token", "s")
            .about("Streamed answers of providers by when their first content came.")
            .query(
                "sum by (le) (increase(llm_time_to_first_token_seconds_bucket{%gateway}[%rate]))",
                "{{le}}",
            ),
    ]
}

/// Processes of other programs have these metrics too; `on (job, instance)` leaves those that are gateways.
fn processes() -> Vec<Panel> {
    vec![
        Panel::heading("Processes"),
        Panel::lines("Processor", "percentunit")
            .about("Share of one core.")
            .nothing("none")
            .query(
                "rate(process_cpu_seconds_total{%gateway}[%rate]) and on (job, instance) llm_requests_in_flight{%gateway}",
                "{{instance}}",
            )
            .width(6),
        Panel::lines("Memory", "bytes")
            .about("Memory in RAM.")
            .nothing("none")
            .query(
                "process_resident_memory_bytes{%gateway} and on (job, instance) llm_requests_in_flight{%gateway}",
                "{{instance}}",
            )
            .width(6),
        Panel::lines("Open file descriptors", "percentunit")
            .about("Share of the descriptors that the process may open; connections are descriptors.")
            .nothing("none")
            .max(1.0)
            .steps(&[Step(0.8, "orange"), Step(0.95, "red")])
            .query(
                "process_open_fds{%gateway} / (process_max_fds{%gateway} > 0) and on (job, instance) llm_requests_in_flight{%gateway}",
                "{{instance}}",
            )
            .width(6),
        Panel::lines("Time since the start", "dtdurations")
            .about("A fall is a restart.")
            .nothing("none")
            .query(
                "time() - process_start_time_seconds{%gateway} and on (job, instance) llm_requests_in_flight{%gateway}",
                "{{instance}}",
            )
            .width(6),
        Panel::stat("Unreachable gateways", "none")
            .about("Scrape targets that do not answer, in jobs in which a gateway has reported within 6 hours.")
            .nothing("0")
            .width(6)
            .steps(&[Step(1.0, "red")])
            .query(
                "count(up{%gateway} == 0 and on (job) max_over_time(llm_requests_in_flight{%gateway}[6h])) or vector(0)",
                "",
            ),
        Panel::stat("Lines left out", "none")
            .about("Lines that sources added to the exposition and that were left out because they are wrong or there twice, in the chosen time.")
            .nothing("0")
            .width(6)
            .steps(&[Step(1.0, "red")])
            .query("sum(increase(llm_vitals_exposition_errors_total{%gateway}[$__range]))", ""),
        Panel::stat("Samples left out", "none")
            .about("Histogram samples that were left out because they are not finite, in the chosen time.")
            .nothing("0")
            .width(6)
            .steps(&[Step(1.0, "red")])
            .query("sum(increase(llm_vitals_dropped_samples_total{%gateway}[$__range]))", ""),
        Panel::stat("Labels given up", "none")
            .about("Calls whose model or other label was not admitted and became `other`, in the chosen time.")
            .nothing("0")
            .width(6)
            .steps(&[Step(1.0, "orange")])
            .query("sum(increase(llm_label_overflow_total{%gateway}[$__range]))", ""),
    ]
}
