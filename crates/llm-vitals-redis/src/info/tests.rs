use proptest::prelude::*;

use super::*;

#[test]
fn finds_fields_by_name_in_any_section_and_order() {
    let info = Info::parse(b"b:2\n# Later\r\na:1\r\nc:x:y\r\n:none\r\nno colon\r\n#d:4\r\n");
    assert_eq!(info.get("a"), Some("1"));
    assert_eq!(info.get("b"), Some("2"));
    assert_eq!(info.get("c"), Some("x:y"));
    assert_eq!(info.get("d"), None);
    assert_eq!(info.get(""), None);
}

#[test]
fn the_last_of_equal_names_counts() {
    assert_eq!(Info::parse(b"a:1\nb:2\na:3\n").get("a"), Some("3"));
}

#[test]
fn numbers_are_whole_fractional_negative_or_in_percent_and_nothing_else() {
    let info =
        Info::parse(b"a:18446744073709551615\nb:-1\nc:0.25\nd:12.5%\ne:inf\nf:NaN\ng:\nh:1.5M\n");
    assert_eq!(info.count("a"), Some(u64::MAX));
    assert_eq!((info.count("b"), info.number("b")), (None, Some(-1.0)));
    assert_eq!((info.count("c"), info.number("c")), (None, Some(0.25)));
    assert_eq!(info.number("d"), Some(12.5));
    for field in ["e", "f", "g", "h", "i"] {
        assert_eq!(info.number(field), None, "{field}");
    }
}

#[test]
fn databases_are_read_by_name_with_the_fields_of_every_family() {
    let info = Info::parse(
        b"db0:keys=10,expires=2,avg_ttl=1000,subexpiry=3\ndb1:keys=1,expires=0\ndb2:avg_ttl=5,expires=1,cached_keys=7,keys=4\n\
          db3:expires=1\ndb0_distrib_strings_sizes:1=5\ndb9:keys=x\n",
    );
    let databases: Vec<_> = info.databases().collect();
    let expected = |index, keys, expires, avg_ttl_millis, cached_keys| Database {
        index,
        keys,
        expires,
        avg_ttl_millis,
        cached_keys,
    };
    assert_eq!(
        databases,
        [
            expected(0, 10, 2, Some(1000), None),
            expected(1, 1, 0, None, None),
            expected(2, 4, 1, Some(5), Some(7)),
        ]
    );
    assert_eq!((info.keys_in(2), info.keys_in(5)), (4, 0));
}

#[test]
fn commands_of_old_and_new_servers_are_read() {
    let info = Info::parse(
        b"cmdstat_get:calls=21,usec=175,usec_per_call=8.33\n\
          cmdstat_config|get:calls=1,usec=139,usec_per_call=139.00,rejected_calls=2,failed_calls=3\n\
          cmdstat_broken:calls=x\n",
    );
    let commands: Vec<_> = info.commands().collect();
    let expected = |command, calls, micros, rejected, failed| CommandStats {
        command,
        calls,
        micros,
        rejected,
        failed,
    };
    assert_eq!(
        commands,
        [
            expected("config|get", 1, 139, Some(2), Some(3)),
            expected("get", 21, 175, None, None),
        ]
    );
}

#[test]
fn errors_latencies_and_replicas_are_read() {
    let info = Info::parse(
        b"errorstat_ERR:count=2\nerrorstat_WRONGTYPE:count=1\n\
          latency_percentiles_usec_get:p50=4.015,p99=5.023,p99.9=6.5,x=1\n\
          slave0:ip=10.0.0.1,port=6379,state=online,offset=42,lag=1\nslave_priority:100\nslave1:ip=10.0.0.2,port=1,offset=x\n",
    );
    assert_eq!(
        info.errors().collect::<Vec<_>>(),
        [("ERR", 2), ("WRONGTYPE", 1)]
    );
    let latencies: Vec<_> = info.latencies().collect();
    assert_eq!(latencies.len(), 1);
    assert_eq!(latencies[0].command, "get");
    assert_eq!(
        latencies[0].percentiles,
        [("50", 4.015), ("99", 5.023), ("99.9", 6.5)]
    );
    let replicas: Vec<_> = info.replicas().collect();
    assert_eq!(
        replicas,
        [Replica {
            ip: "10.0.0.1",
            port: "6379",
            state: "online",
            offset: 42,
            lag: Some(1)
        }]
    );
}

#[test]
fn lengths_of_redis_8_are_read_by_type() {
    let info = Info::parse(
        b"db0_distrib_strings_sizes:1=6,2K=3,4M=1,x=2,8=y\ndb3_distrib_zsets_items:16=1\ndb0_distrib_graphs_items:1=1\n\
          dbx_distrib_lists_items:1=1\n",
    );
    let expected = |database, kind, bins: &[(u64, u64)]| Lengths {
        database,
        kind,
        bins: bins.to_vec(),
    };
    assert_eq!(
        info.lengths().collect::<Vec<_>>(),
        [
            expected(0, "string", &[(1, 6), (2048, 3), (4 << 20, 1)]),
            expected(3, "zset", &[(16, 1)]),
        ]
    );
}

#[test]
fn valkey_calls_the_mode_by_another_name() {
    assert_eq!(Info::parse(b"redis_mode:cluster\n").mode(), Some("cluster"));
    assert_eq!(
        Info::parse(b"server_mode:standalone\n").mode(),
        Some("standalone")
    );
}

#[test]
fn what_is_too_long_is_cut() {
    let mut text = "a:1\n".repeat(MAX_FIELDS + 5).into_bytes();
    text.extend(b"b:2\n");
    assert_eq!(Info::parse(&text).get("b"), None);
    let mut text = vec![b'x'; MAX_BYTES];
    text.extend(b"\nb:2\n");
    assert_eq!(Info::parse(&text).get("b"), None);
}

proptest! {
    #[test]
    fn never_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        read_all(&Info::parse(&bytes));
    }

    #[test]
    fn never_panics_on_lines_that_are_nearly_right(text in "((# )?(db0|db0_distrib_strings_sizes|db|cmdstat_get|errorstat_|latency_percentiles_usec_x|slave0|a)?:?((keys|calls|usec|count|p50|ip|port|offset)?=?[0-9,.%pé-]{0,9},?){0,4}\r?\n){0,30}") {
        read_all(&Info::parse(text.as_bytes()));
    }

    #[test]
    fn every_field_that_is_written_is_found(fields in proptest::collection::btree_map("[a-z][a-z0-9_|]{0,20}", "[^\r\n]{0,30}", 0..50)) {
        let text: String = fields.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        let info = Info::parse(text.as_bytes());
        for (name, value) in &fields {
            prop_assert_eq!(info.get(name), Some(value.as_str()));
        }
        prop_assert_eq!(info.with_prefix("").count(), fields.len());
    }
}

fn read_all(info: &Info) {
    let _ = info.mode();
    let _ = info.databases().count() + info.commands().count() + info.errors().count();
    let _ = info.latencies().count() + info.replicas().count() + info.lengths().count();
    for (name, _) in info.with_prefix("") {
        assert!(info.get(name).is_some());
        let _ = (info.count(name), info.number(name));
    }
}
