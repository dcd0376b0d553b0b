//! The cache of answers, and Redis.

use super::Definition;
use super::panel::{Panel, Step, Word};
use super::variable::NODE;

const UP: &[Word] = &[Word("0", "down", "red"), Word("1", "up", "green")];

pub(super) fn definition() -> Definition {
    let mut panels = answers();
    panels.extend(redis());
    panels.extend(keys());
    Definition {
        name: "cache",
        title: "LLM Vitals / Caches",
        description: "The cache of answers and what it saves, and Redis. One of several gateways watches a Redis; where several do, for want of a lease, the largest value counts.",
        variables: vec![NODE],
        timezone: "browser",
        panels,
    }
}

fn answers() -> Vec<Panel> {
    let hits = "
        (sum(rate(llm_cache_lookups_total{%gateway, result=\"hit\"}[%rate])) or 0 * sum(rate(llm_cache_lookups_total{%gateway}[%rate])))
        / (sum(rate(llm_cache_lookups_total{%gateway, result!=\"error\"}[%rate])) > 0)";
    vec![
        Panel::heading("Answers"),
        Panel::stat("Hit rate", "percentunit")
            .about("Share of the lookups that found an answer; what was too old is a miss, and lookups that failed do not count.")
            .query(hits, ""),
        Panel::stat("Lookups", "reqps")
            .about("Requests a second that were looked up. Only those that ask for the same again can be answered.")
            .query("sum(rate(llm_cache_lookups_total{%gateway}[%rate]))", ""),
        Panel::stat("Saved", "currencyUSD")
            .about("US dollars that answers from the cache had cost when they were made, in the chosen time.")
            .query("sum(increase(llm_cache_saved_cost_usd_total{%gateway}[$__range]))", ""),
        Panel::stat("Saved of the bill", "percentunit")
            .about("What was saved, as a share of what would have been spent without the cache, in the chosen time.")
            .query(
                "sum(increase(llm_cache_saved_cost_usd_total{%gateway}[$__range]))
                 / (sum(increase(llm_cache_saved_cost_usd_total{%gateway}[$__range])) + sum(increase(llm_cost_usd_total{%gateway}[$__range])) > 0)",
                "",
            ),
        Panel::stat("Tokens saved", "short")
            .about("Tokens of answers from the cache, in the chosen time.")
            .query("sum(increase(llm_cache_saved_tokens_total{%gateway}[$__range]))", ""),
        Panel::stat("Failed lookups", "percentunit")
            .about("Share of the lookups that the cache did not answer in time.")
            .steps(&[Step(0.01, "orange"), Step(0.1, "red")])
            .query(
                "sum(rate(llm_cache_lookups_total{%gateway, result=\"error\"}[%rate])) / (sum(rate(llm_cache_lookups_total{%gateway}[%rate])) > 0)",
                "",
            ),
        Panel::stack("Lookups by result", "reqps")
            .about("Lookups a second by what was found.")
            .query("sum by (cache, result) (rate(llm_cache_lookups_total{%gateway}[%rate]))", "{{cache}} {{result}}"),
        Panel::lines("Hit rate by cache", "percentunit")
            .about("Share of the lookups that found an answer.")
            .max(1.0)
            .query(
                "sum by (cache) (rate(llm_cache_lookups_total{%gateway, result=\"hit\"}[%rate]))
                 / (sum by (cache) (rate(llm_cache_lookups_total{%gateway, result!=\"error\"}[%rate])) > 0)",
                "{{cache}}",
            ),
        Panel::stack("Saved an hour", "currencyUSD")
            .about("US dollars an hour at the rate of each moment.")
            .query("3600 * sum by (cache) (rate(llm_cache_saved_cost_usd_total{%gateway}[%rate]))", "{{cache}}"),
    ]
}

fn redis() -> Vec<Panel> {
    vec![
        Panel::heading("Redis"),
        Panel::states("Up")
            .about("Whether the server answered the gateway that watches it.")
            .nothing("No Redis")
            .words(UP)
            .width(8)
            .query("max by (node) (redis_up{%node})", "{{node}}"),
        Panel::lines("Hit rate of keys", "percentunit")
            .about("Lookups by any reading command of any client that found the key.")
            .max(1.0)
            .query(
                "max by (node) (rate(redis_keyspace_hits_total{%node}[%rate]))
                 / (max by (node) (rate(redis_keyspace_hits_total{%node}[%rate])) + max by (node) (rate(redis_keyspace_misses_total{%node}[%rate])) > 0)",
                "{{node}}",
            ),
        Panel::lines("Keys that went", "short")
            .about("Keys a second that were evicted for want of memory, and that expired.")
            .nothing("No Redis")
            .query("max by (node) (rate(redis_evicted_keys_total{%node}[%rate]))", "{{node}} evicted")
            .query("max by (node) (rate(redis_expired_keys_total{%node}[%rate]))", "{{node}} expired"),
        Panel::lines("Memory", "bytes")
            .about("Memory that the server has allocated, and its limit where it has one.")
            .nothing("No Redis")
            .query("max by (node) (redis_memory_used_bytes{%node})", "{{node}} used")
            .query("max by (node) (redis_memory_max_bytes{%node}) > 0", "{{node}} limit"),
        Panel::lines("Memory of the limit", "percentunit")
            .about("Memory that counts over the limit. At 1 keys are evicted, or writes refused, by the server's policy.")
            .nothing("No limit")
            .max(1.0)
            .steps(&[Step(0.9, "orange")])
            .query("max by (node) (redis_cache_memory_ratio{%node})", "{{node}}"),
        Panel::lines("Keys", "short")
            .about("Keys in all databases.")
            .nothing("No Redis")
            .query("max by (node) (redis_cache_keys{%node})", "{{node}}"),
        Panel::lines("Commands", "ops")
            .about("Commands a second.")
            .nothing("No Redis")
            .query("max by (node) (rate(redis_commands_processed_total{%node}[%rate]))", "{{node}}"),
        Panel::lines("Commands that take longest", "s")
            .about("Mean time of a command in the server, the 5 slowest.")
            .nothing("No commands")
            .query(
                "topk(5, max by (node, cmd) (rate(redis_commands_duration_seconds_total{%node}[%rate]))
                 / (max by (node, cmd) (rate(redis_commands_total{%node}[%rate])) > 0))",
                "{{node}} {{cmd}}",
            ),
        Panel::lines("Connections", "none")
            .about("Connections of clients, and those a second that were turned away at the limit.")
            .nothing("No Redis")
            .query("max by (node) (redis_connected_clients{%node})", "{{node}}")
            .query("max by (node) (rate(redis_rejected_connections_total{%node}[%rate])) > 0", "{{node}} turned away"),
        Panel::lines("Network", "Bps")
            .about("Bytes a second read from and written to clients.")
            .nothing("No Redis")
            .query("max by (node) (rate(redis_net_input_bytes_total{%node}[%rate]))", "{{node}} in")
            .query("max by (node) (rate(redis_net_output_bytes_total{%node}[%rate]))", "{{node}} out"),
        Panel::lines("Replication", "none")
            .about("Replicas that are connected.")
            .nothing("No Redis")
            .query("max by (node) (redis_connected_slaves{%node})", "{{node}}"),
        Panel::lines("Failed looks", "reqps")
            .about("Attempts a second to read a server that failed, by reason.")
            .nothing("none")
            .query("sum by (node, reason) (rate(redis_collector_failures_total{%node}[%rate]))", "{{node}} {{reason}}"),
    ]
}

fn keys() -> Vec<Panel> {
    vec![
        Panel::heading("Keys"),
        Panel::table("Prefixes of keys")
            .about("Keys and memory by prefix, by the last sweep over the databases.")
            .nothing("No Redis")
            .width(12)
            .column("max by (node, db, key_group) (redis_key_group_count{%node})", "Keys", "short")
            .column("max by (node, db, key_group) (redis_key_group_memory_usage_bytes{%node})", "Memory", "bytes"),
        Panel::table("Servers")
            .about("What each server says it is.")
            .nothing("No Redis")
            .width(12)
            .column(
                "max by (node, role, redis_version, valkey_version, maxmemory_policy) (redis_instance_info{%node})
                 * on (node) group_left () max by (node) (redis_uptime_in_seconds{%node})",
                "Up for",
                "dtdurations",
            ),
    ]
}
