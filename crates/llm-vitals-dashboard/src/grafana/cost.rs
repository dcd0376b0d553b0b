//! Calls to providers: how they end, how long they take, what they use and what they cost.

use super::Definition;
use super::panel::{Panel, Step};
use super::variable::{MODEL, PROVIDER};

/// Seconds until the month ends, in UTC.
const REST_OF_MONTH: &str =
    "((days_in_month() - day_of_month() + 1) * 86400 - hour() * 3600 - minute() * 60)";

pub(super) fn definition() -> Definition {
    let mut panels = glance();
    panels.extend(calls());
    panels.extend(money());
    panels.extend(tokens());
    panels.extend(limits());
    Definition {
        name: "cost",
        title: "LLM Vitals / Providers and cost",
        description: "Calls to providers, what they use and what they cost. Days and months are those of UTC; what is summed over them needs a data source that keeps as much (the API of a gateway keeps 6 hours).",
        variables: vec![PROVIDER, MODEL],
        timezone: "utc",
        panels,
    }
}

fn glance() -> Vec<Panel> {
    let forecast = format!(
        "sum(increase(llm_cost_usd_total{{%model}}[$__range]))
         + sum(increase(llm_cost_usd_total{{%model}}[6h])) / 21600 * {REST_OF_MONTH}"
    );
    vec![
        Panel::stat("Cost an hour", "currencyUSD")
            .about("US dollars an hour at the present rate.")
            .query("3600 * sum(rate(llm_cost_usd_total{%model}[%rate]))", ""),
        Panel::stat("Spent today", "currencyUSD")
            .about("US dollars since midnight UTC.")
            .since("now/d")
            .query("sum(increase(llm_cost_usd_total{%model}[$__range]))", ""),
        Panel::stat("Spent this month", "currencyUSD")
            .about("US dollars since the begin of the month in UTC.")
            .since("now/M")
            .query("sum(increase(llm_cost_usd_total{%model}[$__range]))", ""),
        Panel::stat("By the month's end", "currencyUSD")
            .about("What the month will have cost if it goes on as in the last 6 hours: spent so far, and the rest of the month at that rate.")
            .since("now/M")
            .query(&forecast, ""),
        Panel::stat("Cost of a success", "currencyUSD")
            .about("US dollars for each call that succeeded. What failed and cancelled calls cost is in it.")
            .query(
                "sum(rate(llm_cost_usd_total{%model}[%rate])) / (sum(rate(llm_requests_total{%model, status=\"success\"}[%rate])) > 0)",
                "",
            ),
        Panel::stat("Calls without a cost", "percentunit")
            .about("Share of the calls that ended whose cost is not known: there is no price, or no token counts. They are missing in all sums here.")
            .steps(&[Step(0.01, "orange"), Step(0.1, "red")])
            .query(
                "(sum(increase(llm_cost_unknown_requests_total{%model}[$__range])) or 0 * sum(increase(llm_requests_total{%model}[$__range])))
                 / (sum(increase(llm_requests_total{%model}[$__range])) > 0)",
                "",
            ),
    ]
}

fn calls() -> Vec<Panel> {
    vec![
        Panel::heading("Calls"),
        Panel::stack("Calls by provider", "reqps")
            .about("Calls to providers a second, each counted once after its retries.")
            .query("sum by (provider) (rate(llm_requests_total{%model}[%rate]))", "{{provider}}"),
        Panel::lines("Errors by provider", "percentunit")
            .about("Share of the calls that failed, of those that were not given up.")
            .steps(&[Step(0.05, "red")])
            .query(
                "(sum by (provider) (rate(llm_requests_total{%model, status=\"error\"}[%rate])) or 0 * sum by (provider) (rate(llm_requests_total{%model}[%rate])))
                 / (sum by (provider) (rate(llm_requests_total{%model, status=~\"success|error\"}[%rate])) > 0)",
                "{{provider}}",
            ),
        Panel::stack("Errors by kind", "reqps")
            .about("Failed calls a second.")
            .nothing("No errors")
            .query("sum by (provider, error_type) (rate(llm_errors_total{%model}[%rate]))", "{{provider}} {{error_type}}"),
        Panel::lines("Latency p95 by provider", "s")
            .about("19 of 20 successful calls take no longer, retries included.")
            .query(
                "histogram_quantile(0.95, sum by (provider, le) (rate(llm_request_duration_seconds_bucket{%model, status=\"success\"}[%rate])))",
                "{{provider}}",
            ),
        Panel::lines("First token p95 by provider", "s")
            .about("19 of 20 streamed answers have begun with content, reasoning or a tool call by then.")
            .query(
                "histogram_quantile(0.95, sum by (provider, le) (rate(llm_time_to_first_token_seconds_bucket{%model}[%rate])))",
                "{{provider}}",
            ),
        Panel::lines("Time for a token p95 by provider", "s")
            .about("Time for each token after the first of a complete streamed answer.")
            .query(
                "histogram_quantile(0.95, sum by (provider, le) (rate(llm_time_per_output_token_seconds_bucket{%model}[%rate])))",
                "{{provider}}",
            ),
        Panel::lines("Attempts for each call", "short")
            .about("Above 1 are retries.")
            .query(
                "sum by (provider) (rate(llm_attempts_total{%model}[%rate])) / (sum by (provider) (rate(llm_requests_total{%model}[%rate])) > 0)",
                "{{provider}}",
            ),
        Panel::lines("Latency p95 of an attempt", "s")
            .about("19 of 20 successful attempts take no longer. Far below that of the calls, retries are what takes long.")
            .query(
                "histogram_quantile(0.95, sum by (provider, le) (rate(llm_attempt_duration_seconds_bucket{%model, status=\"success\"}[%rate])))",
                "{{provider}}",
            ),
        Panel::lines("Wait for the first chunk p95", "s")
            .about("Until anything comes of a streamed answer, whatever it holds.")
            .query(
                "histogram_quantile(0.95, sum by (provider, le) (rate(llm_time_to_first_chunk_seconds_bucket{%model}[%rate])))",
                "{{provider}}",
            ),
        Panel::table("Models")
            .about("Each model in the chosen time.")
            .column("sum by (provider, model) (increase(llm_requests_total{%model}[$__range]))", "Calls", "short")
            .column(
                "sum by (provider, model) (increase(llm_requests_total{%model, status=\"error\"}[$__range]))
                 / (sum by (provider, model) (increase(llm_requests_total{%model, status=~\"success|error\"}[$__range])) > 0)",
                "Errors",
                "percentunit",
            )
            .column(
                "sum by (provider, model) (increase(llm_request_duration_seconds_sum{%model, status=\"success\"}[$__range]))
                 / (sum by (provider, model) (increase(llm_request_duration_seconds_count{%model, status=\"success\"}[$__range])) > 0)",
                "Mean latency",
                "s",
            )
            .column("sum by (provider, model) (increase(llm_tokens_total{%model}[$__range]))", "Tokens", "short")
            .column("sum by (provider, model) (increase(llm_cost_usd_total{%model}[$__range]))", "Cost", "currencyUSD")
            .column(
                "sum by (provider, model) (increase(llm_cost_usd_total{%model}[$__range]))
                 / (sum by (provider, model) (increase(llm_requests_total{%model, status=\"success\"}[$__range])) > 0)",
                "Cost of a success",
                "currencyUSD",
            ),
    ]
}

fn money() -> Vec<Panel> {
    vec![
        Panel::heading("Cost"),
        Panel::stack("Cost an hour by provider", "currencyUSD")
            .about("US dollars an hour at the rate of each moment.")
            .query("3600 * sum by (provider) (rate(llm_cost_usd_total{%model}[%rate]))", "{{provider}}"),
        Panel::stack("Cost an hour by model", "currencyUSD")
            .about("US dollars an hour at the rate of each moment.")
            .query("3600 * sum by (model) (rate(llm_cost_usd_total{%model}[%rate]))", "{{model}}"),
        Panel::bars("Where the money went", "currencyUSD")
            .about("US dollars in the chosen time, the 10 models that cost most.")
            .query("topk(10, sum by (provider, model) (increase(llm_cost_usd_total{%model}[$__range])))", "{{provider}} {{model}}"),
        Panel::lines("Cost of a success by model", "currencyUSD")
            .about("US dollars for each call that succeeded. What failed and cancelled calls cost is in it.")
            .query(
                "sum by (provider, model) (rate(llm_cost_usd_total{%model}[%rate]))
                 / (sum by (provider, model) (rate(llm_requests_total{%model, status=\"success\"}[%rate])) > 0)",
                "{{provider}} {{model}}",
            ),
        Panel::bars("Calls without a cost", "short")
            .about("Calls in the chosen time whose cost is not known. `no_price` can be mended in the gateway's `prices`, `no_usage` at the provider.")
            .nothing("none")
            .query(
                "sum by (provider, model, reason) (increase(llm_cost_unknown_requests_total{%model}[$__range])) > 0",
                "{{provider}} {{model}} {{reason}}",
            ),
        Panel::stat("Cost of health checks", "currencyUSD")
            .about("US dollars in the chosen time for checks that ask a model something. The others are free.")
            .nothing("none")
            .width(8)
            .height(8)
            .query("sum(increase(health_probe_cost_usd_total{%gateway}[$__range]))", ""),
    ]
}

fn tokens() -> Vec<Panel> {
    vec![
        Panel::heading("Tokens and answers"),
        Panel::stack("Tokens by kind", "short")
            .about("Tokens a second, as providers counted them.")
            .query("sum by (type) (rate(llm_tokens_total{%model}[%rate]))", "{{type}}"),
        Panel::lines("Tokens of special kinds", "short")
            .about("Tokens a second that were read from a provider's cache, spent on reasoning and so on; each is part of prompt or completion.")
            .nothing("none")
            .query("sum by (type) (rate(llm_token_details_total{%model}[%rate]))", "{{type}}"),
        Panel::lines("Prompt from the provider's cache", "percentunit")
            .about("Share of prompt tokens that the provider had cached and takes less for.")
            .max(1.0)
            .query(
                "sum by (provider) (rate(llm_token_details_total{%model, type=\"cached_prompt\"}[%rate]))
                 / (sum by (provider) (rate(llm_tokens_total{%model, type=\"prompt\"}[%rate])) > 0)",
                "{{provider}}",
            ),
        Panel::lines("Answers cut at the limit of tokens", "percentunit")
            .about("Share of the successful calls that make text whose answer ended at the limit of tokens.")
            .nothing("none")
            .steps(&[Step(0.1, "red")])
            .query(
                "sum by (provider, model) (rate(llm_truncated_answers_total{%model}[%rate]))
                 / (sum by (provider, model) (rate(llm_requests_total{%model, operation=~\"chat|text_completion|responses\", status=\"success\"}[%rate])) > 0)",
                "{{provider}} {{model}}",
            ),
        Panel::lines("Answers without token counts", "percentunit")
            .about("Share of the answers that say nothing of their tokens; their cost is not known.")
            .nothing("none")
            .steps(&[Step(0.05, "red")])
            .query(
                "sum by (provider) (rate(llm_usage_reports_total{%model, source=\"missing\"}[%rate]))
                 / (sum by (provider) (rate(llm_usage_reports_total{%model}[%rate])) > 0)",
                "{{provider}}",
            ),
        Panel::stack("Token counts by source", "reqps")
            .about("Answers a second by where their token counts came from.")
            .query("sum by (source) (rate(llm_usage_reports_total{%model}[%rate]))", "{{source}}"),
    ]
}

fn limits() -> Vec<Panel> {
    vec![
        Panel::heading("Rate limits"),
        Panel::lines("Left of the limits", "percentunit")
            .about("Share of a provider's rate limit that is left, as its last answer said; the least of all gateways. There is nothing after the reset.")
            .nothing("none said")
            .max(1.0)
            .query(
                "min by (provider, resource) (llm_rate_limit_remaining{%provider} / (llm_rate_limit_limit{%provider} > 0))",
                "{{provider}} {{resource}}",
            ),
        Panel::lines("Until the limits are whole again", "s")
            .about("Seconds until the reset that a provider has told; the longest of all gateways.")
            .nothing("none said")
            .query("max by (provider, resource) (llm_rate_limit_reset_seconds{%provider})", "{{provider}} {{resource}}"),
        Panel::lines("Refused for the rate", "reqps")
            .about("Calls a second that failed because the provider's rate limit was reached.")
            .nothing("none")
            .query(
                "sum by (provider) (rate(llm_errors_total{%model, error_type=\"rate_limited\"}[%rate]))",
                "{{provider}}",
            ),
    ]
}
