//! Every series of this crate: names, types, labels and help texts stand here and nowhere else.
//!
//! What Redis says in INFO and CLUSTER INFO has the names and labels that redis_exporter gave it, and the label `node`.
//! Long because it is one table.

/// A metric that is written out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) help: &'static str,
}

/// How the text of a field becomes a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Conversion {
    /// A number, written as the server wrote it.
    Number,
    /// `ok` is 1, anything else 0.
    Status,
    /// Microseconds, written as seconds.
    Micros,
}

macro_rules! metrics {
    (
        info { $($i_field:literal => $i_name:literal $i_kind:literal $i_conversion:ident $i_help:literal;)* }
        cluster { $($c_field:literal => $c_name:literal $c_kind:literal $c_conversion:ident $c_help:literal;)* }
        other { $($constant:ident = $name:literal $kind:literal ($labels:literal) $help:literal;)* }
    ) => {
        /// Every metric that this crate renders: name, type, labels, help text.
        ///
        /// ```
        /// let (name, kind, labels, _help) = llm_vitals_redis::METRICS[0];
        /// assert_eq!((name, kind, labels), ("redis_uptime_in_seconds", "gauge", "node"));
        /// ```
        pub const METRICS: &[(&str, &str, &str, &str)] = &[
            $(($i_name, $i_kind, "node", $i_help),)*
            $(($c_name, $c_kind, "node", $c_help),)*
            $(($name, $kind, $labels, $help),)*
        ];

        /// The fields of INFO that are metrics.
        pub(crate) const INFO: &[(&str, Conversion, Metric)] = &[
            $(($i_field, Conversion::$i_conversion, Metric { name: $i_name, kind: $i_kind, help: $i_help }),)*
        ];

        /// The fields of CLUSTER INFO that are metrics.
        pub(crate) const CLUSTER_INFO: &[(&str, Conversion, Metric)] = &[
            $(($c_field, Conversion::$c_conversion, Metric { name: $c_name, kind: $c_kind, help: $c_help }),)*
        ];

        $(pub(crate) const $constant: Metric = Metric { name: $name, kind: $kind, help: $help };)*
    };
}

metrics! {
    info {
        "uptime_in_seconds" => "redis_uptime_in_seconds" "gauge" Number "Seconds since the server started.";
        "process_id" => "redis_process_id" "gauge" Number "Process id of the server.";
        "io_threads_active" => "redis_io_threads_active" "gauge" Number "Whether the threads for input and output are at work.";
        "hz" => "redis_hz" "gauge" Number "How often a second the server runs its background work.";
        "connected_clients" => "redis_connected_clients" "gauge" Number "Connections of clients, without replicas.";
        "maxclients" => "redis_max_clients" "gauge" Number "The most connections that the server takes.";
        "cluster_connections" => "redis_cluster_connections" "gauge" Number "Sockets of the cluster bus.";
        "blocked_clients" => "redis_blocked_clients" "gauge" Number "Clients that wait in a blocking command.";
        "tracking_clients" => "redis_tracking_clients" "gauge" Number "Clients that cache on their side and are told of changes.";
        "pubsub_clients" => "redis_pubsub_clients" "gauge" Number "Clients in a subscribed state.";
        "watching_clients" => "redis_watching_clients" "gauge" Number "Clients that watch keys.";
        "clients_in_timeout_table" => "redis_clients_in_timeout_table" "gauge" Number "Clients with a timeout that the server keeps in mind.";
        "total_watched_keys" => "redis_total_watched_keys" "gauge" Number "Keys that clients watch.";
        "total_blocking_keys" => "redis_total_blocking_keys" "gauge" Number "Keys that clients wait for.";
        "total_blocking_keys_on_nokey" => "redis_total_blocking_keys_on_nokey" "gauge" Number "Keys that clients wait for and that also count when deleted.";
        "client_longest_output_list" => "redis_client_longest_output_list" "gauge" Number "The longest output list of a client, of servers before Redis 5.";
        "client_biggest_input_buf" => "redis_client_biggest_input_buf" "gauge" Number "The biggest input buffer of a client, of servers before Redis 5.";
        "client_recent_max_output_buffer" => "redis_client_recent_max_output_buffer_bytes" "gauge" Number "The biggest output buffer of a client of late.";
        "client_recent_max_input_buffer" => "redis_client_recent_max_input_buffer_bytes" "gauge" Number "The biggest input buffer of a client of late.";
        "allocator_active" => "redis_allocator_active_bytes" "gauge" Number "Memory in the allocator's active pages.";
        "allocator_allocated" => "redis_allocator_allocated_bytes" "gauge" Number "Memory that the allocator has handed out.";
        "allocator_resident" => "redis_allocator_resident_bytes" "gauge" Number "Memory that the allocator holds resident.";
        "allocator_frag_ratio" => "redis_allocator_frag_ratio" "gauge" Number "Active over allocated memory.";
        "allocator_frag_bytes" => "redis_allocator_frag_bytes" "gauge" Number "Active less allocated memory.";
        "allocator_rss_ratio" => "redis_allocator_rss_ratio" "gauge" Number "Resident over active memory of the allocator.";
        "allocator_rss_bytes" => "redis_allocator_rss_bytes" "gauge" Number "Resident less active memory of the allocator.";
        "used_memory" => "redis_memory_used_bytes" "gauge" Number "Memory that the server has allocated.";
        "used_memory_rss" => "redis_memory_used_rss_bytes" "gauge" Number "Memory that the server holds resident.";
        "used_memory_peak" => "redis_memory_used_peak_bytes" "gauge" Number "The most memory that the server had allocated.";
        "used_memory_lua" => "redis_memory_used_lua_bytes" "gauge" Number "Memory of the Lua engine.";
        "used_memory_vm_eval" => "redis_memory_used_vm_eval_bytes" "gauge" Number "Memory of the engine that runs EVAL.";
        "used_memory_scripts_eval" => "redis_memory_used_scripts_eval_bytes" "gauge" Number "Memory of cached EVAL scripts.";
        "used_memory_overhead" => "redis_memory_used_overhead_bytes" "gauge" Number "Memory that is not data.";
        "used_memory_startup" => "redis_memory_used_startup_bytes" "gauge" Number "Memory that the server had allocated when it started.";
        "used_memory_dataset" => "redis_memory_used_dataset_bytes" "gauge" Number "Memory of the data: used less overhead.";
        "used_memory_vm_functions" => "redis_memory_used_vm_functions_bytes" "gauge" Number "Memory of the engine that runs functions.";
        "used_memory_scripts" => "redis_memory_used_scripts_bytes" "gauge" Number "Memory of scripts and functions.";
        "used_memory_functions" => "redis_memory_used_functions_bytes" "gauge" Number "Memory of function libraries.";
        "used_memory_vm_total" => "redis_memory_used_vm_total" "gauge" Number "Memory of all script engines.";
        "number_of_cached_scripts" => "redis_number_of_cached_scripts" "gauge" Number "EVAL scripts in the cache.";
        "number_of_functions" => "redis_number_of_functions" "gauge" Number "Functions that are loaded.";
        "number_of_libraries" => "redis_number_of_libraries" "gauge" Number "Function libraries that are loaded.";
        "maxmemory" => "redis_memory_max_bytes" "gauge" Number "The limit of memory; 0 is none.";
        "mem_fragmentation_ratio" => "redis_mem_fragmentation_ratio" "gauge" Number "Resident over used memory; says little below 100 MB.";
        "mem_fragmentation_bytes" => "redis_mem_fragmentation_bytes" "gauge" Number "Resident less used memory.";
        "mem_clients_slaves" => "redis_mem_clients_slaves" "gauge" Number "Memory of the buffers of replicas, in bytes.";
        "mem_clients_normal" => "redis_mem_clients_normal" "gauge" Number "Memory of the buffers of clients, in bytes.";
        "mem_not_counted_for_evict" => "redis_mem_not_counted_for_eviction_bytes" "gauge" Number "Memory that the limit does not count.";
        "mem_total_replication_buffers" => "redis_mem_total_replication_buffers_bytes" "gauge" Number "Memory of all replication buffers.";
        "mem_overhead_db_hashtable_rehashing" => "redis_mem_overhead_db_hashtable_rehashing_bytes" "gauge" Number "Memory of hash tables that are being moved.";
        "lazyfree_pending_objects" => "redis_lazyfree_pending_objects" "gauge" Number "Objects that wait to be freed.";
        "lazyfreed_objects" => "redis_lazyfreed_objects" "gauge" Number "Objects that were freed in the background.";
        "active_defrag_running" => "redis_active_defrag_running" "gauge" Number "Whether memory is being defragmented.";
        "active_defrag_hits" => "redis_defrag_hits" "gauge" Number "Values that defragmentation moved.";
        "active_defrag_misses" => "redis_defrag_misses" "gauge" Number "Values that defragmentation looked at and left.";
        "active_defrag_key_hits" => "redis_defrag_key_hits" "gauge" Number "Keys that defragmentation moved.";
        "active_defrag_key_misses" => "redis_defrag_key_misses" "gauge" Number "Keys that defragmentation looked at and left.";
        "loading" => "redis_loading_dump_file" "gauge" Number "Whether the server is loading its data.";
        "async_loading" => "redis_async_loading" "gauge" Number "Whether the server loads new data and serves the old.";
        "rdb_changes_since_last_save" => "redis_rdb_changes_since_last_save" "gauge" Number "Changes since the last dump.";
        "rdb_bgsave_in_progress" => "redis_rdb_bgsave_in_progress" "gauge" Number "Whether a dump is being written.";
        "rdb_last_save_time" => "redis_rdb_last_save_timestamp_seconds" "gauge" Number "When the last dump was complete.";
        "rdb_last_bgsave_status" => "redis_rdb_last_bgsave_status" "gauge" Status "Whether the last dump went well.";
        "rdb_last_bgsave_time_sec" => "redis_rdb_last_bgsave_duration_sec" "gauge" Number "Seconds that the last dump took; -1 is none.";
        "rdb_current_bgsave_time_sec" => "redis_rdb_current_bgsave_duration_sec" "gauge" Number "Seconds that the running dump has taken; -1 is none.";
        "rdb_saves" => "redis_rdb_saves_total" "counter" Number "Dumps since the server started.";
        "rdb_last_cow_size" => "redis_rdb_last_cow_size_bytes" "gauge" Number "Memory that was copied during the last dump.";
        "rdb_last_load_keys_expired" => "redis_rdb_last_load_expired_keys" "gauge" Number "Keys that were expired when the dump was loaded.";
        "rdb_last_load_keys_loaded" => "redis_rdb_last_load_loaded_keys" "gauge" Number "Keys that were loaded from the dump.";
        "aof_enabled" => "redis_aof_enabled" "gauge" Number "Whether the append-only file is on.";
        "aof_rewrite_in_progress" => "redis_aof_rewrite_in_progress" "gauge" Number "Whether the append-only file is being rewritten.";
        "aof_rewrite_scheduled" => "redis_aof_rewrite_scheduled" "gauge" Number "Whether a rewrite of the append-only file waits for a dump.";
        "aof_last_rewrite_time_sec" => "redis_aof_last_rewrite_duration_sec" "gauge" Number "Seconds that the last rewrite took; -1 is none.";
        "aof_current_rewrite_time_sec" => "redis_aof_current_rewrite_duration_sec" "gauge" Number "Seconds that the running rewrite has taken; -1 is none.";
        "aof_last_cow_size" => "redis_aof_last_cow_size_bytes" "gauge" Number "Memory that was copied during the last rewrite.";
        "aof_current_size" => "redis_aof_current_size_bytes" "gauge" Number "Size of the append-only file.";
        "aof_base_size" => "redis_aof_base_size_bytes" "gauge" Number "Size of the append-only file after the last rewrite.";
        "aof_pending_rewrite" => "redis_aof_pending_rewrite" "gauge" Number "Whether a rewrite waits for a dump to end.";
        "aof_buffer_length" => "redis_aof_buffer_length" "gauge" Number "Size of the buffer of the append-only file, in bytes.";
        "aof_rewrite_buffer_length" => "redis_aof_rewrite_buffer_length" "gauge" Number "Size of the buffer of the rewrite, in bytes.";
        "aof_pending_bio_fsync" => "redis_aof_pending_bio_fsync" "gauge" Number "Syncs that wait in the background queue.";
        "aof_delayed_fsync" => "redis_aof_delayed_fsync" "gauge" Number "Syncs that were late.";
        "aof_last_bgrewrite_status" => "redis_aof_last_bgrewrite_status" "gauge" Status "Whether the last rewrite went well.";
        "aof_last_write_status" => "redis_aof_last_write_status" "gauge" Status "Whether the last write to the append-only file went well.";
        "module_fork_in_progress" => "redis_module_fork_in_progress" "gauge" Number "Whether a module has forked.";
        "module_fork_last_cow_size" => "redis_module_fork_last_cow_size" "gauge" Number "Memory that was copied during a module's last fork, in bytes.";
        "total_connections_received" => "redis_connections_received_total" "counter" Number "Connections that were accepted.";
        "total_commands_processed" => "redis_commands_processed_total" "counter" Number "Commands that were processed.";
        "rejected_connections" => "redis_rejected_connections_total" "counter" Number "Connections that were turned away at the limit.";
        "total_net_input_bytes" => "redis_net_input_bytes_total" "counter" Number "Bytes read from clients.";
        "total_net_output_bytes" => "redis_net_output_bytes_total" "counter" Number "Bytes written to clients.";
        "total_net_repl_input_bytes" => "redis_net_repl_input_bytes_total" "counter" Number "Bytes read for replication.";
        "total_net_repl_output_bytes" => "redis_net_repl_output_bytes_total" "counter" Number "Bytes written for replication.";
        "expired_keys" => "redis_expired_keys_total" "counter" Number "Keys that expired.";
        "expired_subkeys" => "redis_expired_subkeys_total" "counter" Number "Fields of hashes that expired.";
        "expired_stale_perc" => "redis_expired_stale_percentage" "gauge" Number "Estimated share of expired keys that are still there, in percent.";
        "expired_time_cap_reached_count" => "redis_expired_time_cap_reached_total" "counter" Number "How often expiring keys ran out of time.";
        "expire_cycle_cpu_milliseconds" => "redis_expire_cycle_cpu_time_ms_total" "counter" Number "Processor time for expiring keys, in milliseconds.";
        "evicted_keys" => "redis_evicted_keys_total" "counter" Number "Keys that were evicted at the memory limit.";
        "evicted_clients" => "redis_evicted_clients_total" "counter" Number "Clients that were evicted at the memory limit.";
        "evicted_scripts" => "redis_evicted_scripts_total" "counter" Number "Scripts that were evicted from the cache.";
        "total_eviction_exceeded_time" => "redis_eviction_exceeded_time_ms_total" "counter" Number "Time above the memory limit, in milliseconds.";
        "current_eviction_exceeded_time" => "redis_current_eviction_exceeded_time_ms" "gauge" Number "Time since the memory limit was passed, in milliseconds; 0 below it.";
        "keyspace_hits" => "redis_keyspace_hits_total" "counter" Number "Lookups of keys by any reading command that found the key.";
        "keyspace_misses" => "redis_keyspace_misses_total" "counter" Number "Lookups of keys by any reading command that did not find the key.";
        "pubsub_channels" => "redis_pubsub_channels" "gauge" Number "Channels with subscribers.";
        "pubsub_patterns" => "redis_pubsub_patterns" "gauge" Number "Patterns with subscribers.";
        "pubsubshard_channels" => "redis_pubsubshard_channels" "gauge" Number "Shard channels with subscribers.";
        "latest_fork_usec" => "redis_latest_fork_seconds" "gauge" Micros "Time that the last fork took.";
        "migrate_cached_sockets" => "redis_migrate_cached_sockets_total" "gauge" Number "Sockets that are open for MIGRATE.";
        "slave_expires_tracked_keys" => "redis_slave_expires_tracked_keys" "gauge" Number "Keys that a writable replica will expire itself.";
        "tracking_total_keys" => "redis_tracking_total_keys" "gauge" Number "Keys that the server tracks for clients.";
        "tracking_total_items" => "redis_tracking_total_items" "gauge" Number "Pairs of key and client that the server tracks.";
        "tracking_total_prefixes" => "redis_tracking_total_prefixes" "gauge" Number "Prefixes that the server tracks.";
        "unexpected_error_replies" => "redis_unexpected_error_replies" "counter" Number "Errors from replication and the append-only file.";
        "total_error_replies" => "redis_total_error_replies" "counter" Number "Error replies, rejected and failed commands together.";
        "dump_payload_sanitizations" => "redis_dump_payload_sanitizations" "counter" Number "Payloads that were checked deeply.";
        "total_reads_processed" => "redis_total_reads_processed" "counter" Number "Reads from sockets.";
        "total_writes_processed" => "redis_total_writes_processed" "counter" Number "Writes to sockets.";
        "io_threaded_reads_processed" => "redis_io_threaded_reads_processed" "counter" Number "Reads that threads did.";
        "io_threaded_writes_processed" => "redis_io_threaded_writes_processed" "counter" Number "Writes that threads did.";
        "client_query_buffer_limit_disconnections" => "redis_client_query_buffer_limit_disconnections_total" "counter" Number "Clients that were dropped at the limit of their query buffer.";
        "client_output_buffer_limit_disconnections" => "redis_client_output_buffer_limit_disconnections_total" "counter" Number "Clients that were dropped at the limit of their output buffer.";
        "reply_buffer_shrinks" => "redis_reply_buffer_shrinks_total" "counter" Number "Reply buffers that were made smaller.";
        "reply_buffer_expands" => "redis_reply_buffer_expands_total" "counter" Number "Reply buffers that were made bigger.";
        "eventloop_cycles" => "redis_eventloop_cycles_total" "counter" Number "Rounds of the event loop.";
        "eventloop_duration_sum" => "redis_eventloop_duration_sum_usec_total" "counter" Number "Time in the event loop, in microseconds.";
        "eventloop_duration_cmd_sum" => "redis_eventloop_duration_cmd_sum_usec_total" "counter" Number "Time in commands, in microseconds.";
        "instantaneous_ops_per_sec" => "redis_instantaneous_ops_per_sec" "gauge" Number "Commands a second, as the server measures them.";
        "instantaneous_eventloop_cycles_per_sec" => "redis_instantaneous_eventloop_cycles_per_sec" "gauge" Number "Rounds of the event loop a second, as the server measures them.";
        "instantaneous_eventloop_duration_usec" => "redis_instantaneous_eventloop_duration_usec" "gauge" Number "Mean time of a round of the event loop, in microseconds.";
        "acl_access_denied_auth" => "redis_acl_access_denied_auth_total" "counter" Number "Logins that were refused.";
        "acl_access_denied_cmd" => "redis_acl_access_denied_cmd_total" "counter" Number "Commands that were refused by access rules.";
        "acl_access_denied_key" => "redis_acl_access_denied_key_total" "counter" Number "Keys that were refused by access rules.";
        "acl_access_denied_channel" => "redis_acl_access_denied_channel_total" "counter" Number "Channels that were refused by access rules.";
        "connected_slaves" => "redis_connected_slaves" "gauge" Number "Replicas that are connected.";
        "repl_backlog_size" => "redis_replication_backlog_bytes" "gauge" Number "Size of the replication backlog.";
        "repl_backlog_active" => "redis_repl_backlog_is_active" "gauge" Number "Whether there is a replication backlog.";
        "repl_backlog_first_byte_offset" => "redis_repl_backlog_first_byte_offset" "gauge" Number "Offset of the first byte in the backlog.";
        "repl_backlog_histlen" => "redis_repl_backlog_history_bytes" "gauge" Number "Bytes in the backlog.";
        "master_repl_offset" => "redis_master_repl_offset" "gauge" Number "Replication offset of the server.";
        "second_repl_offset" => "redis_second_repl_offset" "gauge" Number "Offset up to which the former replication id is taken; -1 is none.";
        "slave_priority" => "redis_slave_priority" "gauge" Number "Rank of the replica in a failover; lower is first.";
        "slave_read_only" => "redis_slave_read_only" "gauge" Number "Whether the replica refuses writes.";
        "sync_full" => "redis_replica_resyncs_full" "gauge" Number "Full syncs with replicas.";
        "sync_partial_ok" => "redis_replica_partial_resync_accepted" "gauge" Number "Partial syncs that were accepted.";
        "sync_partial_err" => "redis_replica_partial_resync_denied" "gauge" Number "Partial syncs that were refused.";
        "used_cpu_sys" => "redis_cpu_sys_seconds_total" "counter" Number "Processor time in the kernel.";
        "used_cpu_user" => "redis_cpu_user_seconds_total" "counter" Number "Processor time in the server.";
        "used_cpu_sys_children" => "redis_cpu_sys_children_seconds_total" "counter" Number "Processor time in the kernel, of background processes.";
        "used_cpu_user_children" => "redis_cpu_user_children_seconds_total" "counter" Number "Processor time in background processes.";
        "used_cpu_sys_main_thread" => "redis_cpu_sys_main_thread_seconds_total" "counter" Number "Processor time in the kernel, of the main thread.";
        "used_cpu_user_main_thread" => "redis_cpu_user_main_thread_seconds_total" "counter" Number "Processor time in the main thread.";
        "cluster_enabled" => "redis_cluster_enabled" "gauge" Number "Whether the server is part of a cluster.";
    }
    cluster {
        "cluster_state" => "redis_cluster_state" "gauge" Status "Whether the node sees the cluster as whole.";
        "cluster_slots_assigned" => "redis_cluster_slots_assigned" "gauge" Number "Slots that a node serves.";
        "cluster_slots_ok" => "redis_cluster_slots_ok" "gauge" Number "Slots of nodes that answer.";
        "cluster_slots_pfail" => "redis_cluster_slots_pfail" "gauge" Number "Slots of nodes that may have failed.";
        "cluster_slots_fail" => "redis_cluster_slots_fail" "gauge" Number "Slots of nodes that have failed.";
        "cluster_nodes_pfail" => "redis_cluster_nodes_pfail" "gauge" Number "Nodes that may have failed.";
        "cluster_nodes_fail" => "redis_cluster_nodes_fail" "gauge" Number "Nodes that have failed.";
        "cluster_voting_nodes_pfail" => "redis_cluster_voting_nodes_pfail" "gauge" Number "Nodes with a vote that may have failed.";
        "cluster_voting_nodes_fail" => "redis_cluster_voting_nodes_fail" "gauge" Number "Nodes with a vote that have failed.";
        "cluster_known_nodes" => "redis_cluster_known_nodes" "gauge" Number "Nodes that the node knows.";
        "cluster_size" => "redis_cluster_size" "gauge" Number "Primaries that serve slots.";
        "cluster_current_epoch" => "redis_cluster_current_epoch" "gauge" Number "Epoch of the cluster.";
        "cluster_my_epoch" => "redis_cluster_my_epoch" "gauge" Number "Epoch of the node's configuration.";
        "cluster_stats_messages_sent" => "redis_cluster_messages_sent_total" "gauge" Number "Messages that the node sent on the cluster bus.";
        "cluster_stats_messages_received" => "redis_cluster_messages_received_total" "gauge" Number "Messages that the node received on the cluster bus.";
    }
    other {
        UP = "redis_up" "gauge" ("node") "Whether the server answered the last time it was asked.";
        START_TIME = "redis_start_time_seconds" "gauge" ("node") "When the server started.";
        INSTANCE_INFO = "redis_instance_info" "gauge" ("node, role, redis_version, redis_build_id, redis_mode, os, maxmemory_policy, tcp_port, run_id, process_id, master_replid, valkey_version") "What the server says it is; always 1.";
        SLAVE_INFO = "redis_slave_info" "gauge" ("node, master_host, master_port, read_only") "Whom the replica follows; always 1.";
        DB_KEYS = "redis_db_keys" "gauge" ("node, db") "Keys in a database.";
        DB_KEYS_EXPIRING = "redis_db_keys_expiring" "gauge" ("node, db") "Keys in a database that will expire.";
        DB_KEYS_CACHED = "redis_db_keys_cached" "gauge" ("node, db") "Keys in a database that are cached from storage, of KeyDB.";
        DB_AVG_TTL = "redis_db_avg_ttl_seconds" "gauge" ("node, db") "Estimated mean time until the keys of a database expire.";
        COMMANDS = "redis_commands_total" "counter" ("node, cmd") "Calls of a command.";
        COMMANDS_DURATION = "redis_commands_duration_seconds_total" "counter" ("node, cmd") "Time in a command.";
        COMMANDS_REJECTED = "redis_commands_rejected_calls_total" "counter" ("node, cmd") "Calls of a command that were refused before they ran.";
        COMMANDS_FAILED = "redis_commands_failed_calls_total" "counter" ("node, cmd") "Calls of a command that failed while they ran.";
        LATENCY_PERCENTILES = "redis_latency_percentiles_usec" "summary" ("node, cmd, quantile") "Percentiles of the time of a command since the last reset, in microseconds.";
        ERRORS = "redis_errors_total" "counter" ("node, err") "Error replies by their code.";
        SLAVE_LAG = "redis_connected_slave_lag_seconds" "gauge" ("node, slave_ip, slave_port, slave_state") "Seconds since the replica was last heard of.";
        SLAVE_OFFSET = "redis_connected_slave_offset_bytes" "gauge" ("node, slave_ip, slave_port, slave_state") "Replication offset of a replica.";
        SLAVE_LAG_BYTES = "redis_connected_slave_lag_bytes" "gauge" ("node, slave_ip, slave_port, slave_state") "Bytes that a replica is behind.";
        MASTER_LINK_UP = "redis_master_link_up" "gauge" ("node, master_host, master_port") "Whether the replica is connected to its primary.";
        MASTER_LAST_IO = "redis_master_last_io_seconds_ago" "gauge" ("node, master_host, master_port") "Seconds since the replica heard of its primary; -1 is never.";
        MASTER_SYNC = "redis_master_sync_in_progress" "gauge" ("node, master_host, master_port") "Whether the replica is taking a full sync.";
        SLAVE_REPL_OFFSET = "redis_slave_repl_offset" "gauge" ("node, master_host, master_port") "Replication offset that the replica has reached.";
        SLOWLOG_LENGTH = "redis_slowlog_length" "gauge" ("node") "Entries in the slow log.";
        SLOWLOG_LAST_ID = "redis_slowlog_last_id" "gauge" ("node") "Id of the last entry of the slow log.";
        SLOWLOG_LAST_DURATION = "redis_last_slow_execution_duration_seconds" "gauge" ("node") "Time that the last command in the slow log took.";
        LATENCY_SPIKE_LAST = "redis_latency_spike_last" "gauge" ("node, event_name") "When an event was last slow, as a Unix time.";
        LATENCY_SPIKE_DURATION = "redis_latency_spike_duration_seconds" "gauge" ("node, event_name") "Time that an event took when it was last slow.";
        KEY_GROUP_COUNT = "redis_key_group_count" "gauge" ("node, db, key_group") "Keys of a prefix, by the last sweep.";
        KEY_GROUP_MEMORY = "redis_key_group_memory_usage_bytes" "gauge" ("node, db, key_group") "Memory of the keys of a prefix, by the last sweep.";
        KEY_GROUPS = "redis_number_of_distinct_key_groups" "gauge" ("node, db") "Prefixes that the last sweep told apart.";
        KEYS_BY_TYPE = "redis_keys_by_type" "gauge" ("node, db, type") "Keys of a type, by the last sweep.";
        KEYS_BY_TTL = "redis_keys_by_ttl" "gauge" ("node, db, ttl") "Keys by the time until they expire, by the last sweep.";
        KEYS_BY_SIZE = "redis_keys_by_size" "gauge" ("node, db, size") "Keys by the memory they take, by the last sweep.";
        KEYS_BY_LENGTH = "redis_keys_by_length" "gauge" ("node, db, type, at_least") "Keys of a type by bytes of a string or elements of a collection, up to the next power of two; of Redis 8.";
        SAMPLED_KEYS = "redis_key_sampling_sampled_keys" "gauge" ("node, db") "Keys that the shown sweep looked at.";
        SAMPLING_COVERAGE = "redis_key_sampling_coverage_ratio" "gauge" ("node, db") "Share of the database that the shown sweep looked at; 1 is a whole sweep.";
        SWEEP_AGE = "redis_key_sampling_sweep_age_seconds" "gauge" ("node, db") "Time since the shown sweep ended, or began if it has not.";
        SAMPLING_SKIPPED = "redis_key_sampling_skipped_total" "counter" ("node, reason") "Passes of sampling that were left out, by reason.";
        PROBE_HITS = "redis_key_sampling_probe_hits_total" "counter" ("node") "Hits that sampling itself caused in the server's counters.";
        PROBE_MISSES = "redis_key_sampling_probe_misses_total" "counter" ("node") "Misses that sampling itself caused in the server's counters.";
        HIT_RATIO = "redis_cache_hit_ratio" "gauge" ("node") "Hits over lookups in the window; absent without lookups.";
        MISS_RATIO = "redis_cache_miss_ratio" "gauge" ("node") "Misses over lookups in the window; absent without lookups.";
        EVICTION_RATE = "redis_cache_evictions_per_second" "gauge" ("node") "Evicted keys a second in the window.";
        MEMORY_RATIO = "redis_cache_memory_ratio" "gauge" ("node") "Memory that counts over the limit; absent without a limit.";
        KEYS = "redis_cache_keys" "gauge" ("node") "Keys in all databases.";
        FAILURES = "redis_collector_failures_total" "counter" ("node, reason") "Attempts to read a server that failed, by reason.";
        CAPABILITY = "redis_collector_capability" "gauge" ("node, command") "Whether the server lets the collector run an optional command.";
        LAST_SUCCESS = "redis_collector_last_success_timestamp_seconds" "gauge" ("node") "When the server was last read.";
        DISCOVERY_UP = "redis_collector_discovery_up" "gauge" ("target") "Whether the nodes could be looked up.";
        OWNER = "redis_collector_owner" "gauge" ("target") "Whether this process is the one that watches; others show nothing else.";
        LEASED = "redis_collector_leased" "gauge" ("target") "Whether the right to watch comes from the lease; 0 while the lease cannot be had from the server.";
        TICK_DURATION = "redis_collector_tick_duration_seconds" "gauge" ("target") "Time that the last tick took.";
        LAST_TICK = "redis_collector_last_tick_timestamp_seconds" "gauge" ("target") "When the last tick ended.";
    }
}
