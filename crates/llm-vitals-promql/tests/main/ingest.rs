//! Expositions into the store.

use llm_vitals_promql::{
    Dialect, Engine, Error, ErrorKind, Expr, Format, Ingested, Labels, MetricType, Scrape, Store,
    Value,
};

fn scrape() -> Scrape {
    Scrape::new(Labels::empty())
}

fn ingest(text: &str, format: Format) -> Result<Store, Error> {
    let mut store = Store::new();
    scrape().ingest(&mut store, text.as_bytes(), format, 10_000)?;
    Ok(store)
}

fn values(store: &Store, text: &str, at: i64) -> Vec<(String, f64)> {
    let expr = Expr::parse(text, Dialect::V3).unwrap();
    let Value::Vector(samples) = Engine::new().eval_instant(store, &expr, at).unwrap() else {
        panic!()
    };
    samples
        .iter()
        .map(|sample| (sample.labels().to_string(), sample.value()))
        .collect()
}

/// All samples of a store as `series value@time`, sorted.
fn samples(store: &Store) -> Vec<String> {
    let mut all: Vec<String> = store
        .series(&[])
        .flat_map(|labels| {
            let samples = store.samples(labels, i64::MIN, i64::MAX);
            samples
                .into_iter()
                .map(move |(time, value)| format!("{labels} {value}@{time}"))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn the_text_format_is_read() {
    let text = "\
# HELP requests_total Requests\\nby \\\\ provider.
# TYPE requests_total counter
requests_total{provider=\"openai\",path=\"a\\\"b\\\\c\\nd\"} 12
requests_total { provider = \"x\" , } 1.5e3 9000
  # a comment
#TYPE ignored

up 1
nan NaN
inf -Inf
odd_escape{a=\"\\d\"} 0x1p4
{\"utf8.name\", \"a label\"=\"ü\"} 7";
    let store = ingest(text, Format::Text).unwrap();
    assert_eq!(
        samples(&store),
        [
            "inf -inf@10000",
            "nan NaN@10000",
            "odd_escape{a=\"\\\\d\"} 16@10000",
            "requests_total{path=\"a\\\"b\\\\c\\nd\", provider=\"openai\"} 12@10000",
            "requests_total{provider=\"x\"} 1500@9000",
            "up 1@10000",
            "{\"utf8.name\", \"a label\"=\"ü\"} 7@10000",
        ]
    );
    let metadata = store.metadata("requests_total").unwrap();
    assert_eq!(metadata.metric_type, MetricType::Counter);
    assert_eq!(&*metadata.help, "Requests\nby \\ provider.");
}

#[test]
fn openmetrics_is_read() {
    let text = "\
# TYPE latency_seconds histogram
# UNIT latency_seconds seconds
# HELP latency_seconds How long.
latency_seconds_bucket{le=\"1\"} 2 # {trace_id=\"a}b\"} 0.5 1.25
latency_seconds_bucket{le=\"+Inf\"} 3 9.789 # {} 0.5
latency_seconds_count 3
# TYPE requests counter
requests_total 5
requests_created 1
# EOF
";
    let store = ingest(text, Format::OpenMetrics).unwrap();
    assert_eq!(
        samples(&store),
        [
            "latency_seconds_bucket{le=\"+Inf\"} 3@9789",
            "latency_seconds_bucket{le=\"1.0\"} 2@10000",
            "latency_seconds_count 3@10000",
            "requests_created 1@10000",
            "requests_total 5@10000",
        ]
    );
    assert_eq!(&*store.metadata("latency_seconds").unwrap().unit, "seconds");
}

#[test]
fn what_is_wrong_has_a_line_and_a_column_and_changes_nothing() {
    for (text, message) in [
        ("a 1\nb\n", "2:2: expected a value behind the series"),
        ("a 1\n  b x\n", "2:5: \"x\" is no value"),
        ("a 1 1.5\n", "1:5: \"1.5\" is no time"),
        ("a 1 2 3\n", "1:7: unexpected \"3\" behind the sample"),
        ("1a 1\n", "1:1: \"1a\" is no name of a metric"),
        ("a{b=\"c\" 1\n", "1:2: this \"{\" is not closed"),
        ("a{b=\"c} 1\n", "1:5: this quote is not closed"),
        ("a{b=c} 1\n", "1:5: expected a quoted value behind \"=\""),
        ("a{b} 1\n", "1:4: expected \"=\" behind the name of a label"),
        ("a{1b=\"c\"} 1\n", "1:3: \"1b\" is no name of a label"),
        (
            "a{b=\"c\",b=\"d\"} 1\n",
            "1:9: the label \"b\" is there twice",
        ),
        (
            "a{b=\"c\" d=\"e\"} 1\n",
            "1:9: expected \",\" or \"}\" behind a label",
        ),
        ("{b=\"c\"} 1\n", "1:1: the metric has no name"),
        (
            "# TYPE a counting\n",
            "1:10: \"counting\" is no type of a metric",
        ),
        ("x 1\n# TYPE a\n", "2:1: \"\" is no type of a metric"),
        (
            "x 1\n   a{b=c} 1\n",
            "2:8: expected a quoted value behind \"=\"",
        ),
        ("a 1\nb 2 # {} 3\n", "2:5: \"#\" is no time"),
    ] {
        let mut store = Store::new();
        let error = scrape()
            .ingest(&mut store, text.as_bytes(), Format::Text, 0)
            .unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
        assert_eq!(error.kind(), ErrorKind::Exposition);
        assert_eq!(store.stats().series, 0, "{text}");
    }
    for (text, message) in [
        (
            "a 1\n",
            "1:1: the exposition does not end with \"# EOF\": it may be cut off",
        ),
        (
            "a 1\n# EOF\nb 1\n",
            "3:1: something stands behind \"# EOF\"",
        ),
        (
            "a 1\n\n# EOF\n",
            "2:1: an empty line, which OpenMetrics does not have",
        ),
        (
            "# a comment\n# EOF\n",
            "1:3: expected TYPE, HELP, UNIT or EOF behind \"# \"",
        ),
        (
            "a 1 # x\n# EOF\n",
            "1:5: expected \"{\" behind the \"#\" of an exemplar",
        ),
        (
            "a 1 # {} y\n# EOF\n",
            "1:10: \"y\" is no value of an exemplar",
        ),
    ] {
        let error = ingest(text, Format::OpenMetrics).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
    }
    let error = scrape()
        .ingest(&mut Store::new(), b"a 1\nb\xff 1\n", Format::Text, 0)
        .unwrap_err();
    assert_eq!(error.to_string(), "2:1: the exposition is not UTF-8");
}

#[test]
fn a_snippet_shows_the_line() {
    let text = "a 1\nb{c=\"d\"} x\n";
    let error = ingest(text, Format::Text).unwrap_err();
    assert_eq!(
        error.render(text),
        "\"x\" is no value\n  |\n2 | b{c=\"d\"} x\n  |          ^\n"
    );
}

#[test]
fn a_series_that_vanishes_ends() {
    let mut store = Store::new();
    let mut scrape = scrape();
    let mut ingest = |text: &str, at| {
        scrape
            .ingest(&mut store, text.as_bytes(), Format::Text, at)
            .unwrap()
    };
    let first = ingest("a 1\nb 1\nwith_time 1 500\n", 1000);
    assert_eq!(
        (
            first.samples,
            first.new_series,
            first.ended_series,
            first.refused
        ),
        (3, 3, 0, 0)
    );
    let second = ingest("a 2\n", 2000);
    assert_eq!(
        (second.samples, second.new_series, second.ended_series),
        (1, 0, 1)
    );
    let third = ingest("a 3\nb 3\n", 3000);
    assert_eq!(
        (third.samples, third.new_series, third.ended_series),
        (2, 1, 0)
    );
    assert_eq!(values(&store, "b", 1999).len(), 1);
    assert_eq!(values(&store, "b", 2000), []);
    assert_eq!(values(&store, "b", 3000), [("b".to_owned(), 3.0)]);
    // A series with times of its own just stops.
    assert_eq!(values(&store, "with_time", 3000).len(), 1);
}

#[test]
fn a_failed_scrape_ends_everything_and_up_says_so() {
    let mut store = Store::new();
    let mut scrape = Scrape::new(Labels::new([("job", "j")])).with_up();
    scrape
        .ingest(&mut store, b"a 1\n", Format::Text, 1000)
        .unwrap();
    assert_eq!(
        values(&store, "up", 1000),
        [("up{job=\"j\"}".to_owned(), 1.0)]
    );
    assert_eq!(scrape.fail(&mut store, 2000).ended_series, 1);
    assert_eq!(values(&store, "a", 2000), []);
    assert_eq!(
        values(&store, "up", 2000),
        [("up{job=\"j\"}".to_owned(), 0.0)]
    );
    scrape
        .ingest(&mut store, b"a 1\n", Format::Text, 3000)
        .unwrap();
    assert_eq!(
        values(&store, "a + on (job) up", 3000),
        [("{job=\"j\"}".to_owned(), 2.0)]
    );
}

#[test]
fn labels_of_the_target_win() {
    let mut store = Store::new();
    let mut scrape = Scrape::new(Labels::new([("job", "target"), ("instance", "i")]));
    let text = "a{job=\"own\"} 1\nb{job=\"own\",exported_job=\"older\"} 1\n";
    scrape
        .ingest(&mut store, text.as_bytes(), Format::Text, 0)
        .unwrap();
    assert_eq!(
        samples(&store),
        [
            "a{exported_job=\"own\", instance=\"i\", job=\"target\"} 1@0",
            "b{exported_exported_job=\"own\", exported_job=\"older\", instance=\"i\", job=\"target\"} 1@0",
        ]
    );
}

#[test]
fn bounds_have_one_form_in_version_3() {
    let text = "\
# TYPE h histogram
h_bucket{le=\"1\"} 1
h_bucket{le=\"1000000\"} 1
# TYPE s summary
s{quantile=\"0.50\"} 1
# TYPE g gauge
g{le=\"1\"} 1
";
    let bounds = |dialect| {
        let mut store = Store::new();
        let mut scrape = scrape().with_dialect(dialect);
        scrape
            .ingest(&mut store, text.as_bytes(), Format::Text, 0)
            .unwrap();
        samples(&store).join(" ")
    };
    assert_eq!(
        bounds(Dialect::V3),
        "g{le=\"1\"} 1@0 h_bucket{le=\"1.0\"} 1@0 h_bucket{le=\"1e+06\"} 1@0 s{quantile=\"0.5\"} 1@0"
    );
    assert_eq!(
        bounds(Dialect::V2),
        "g{le=\"1\"} 1@0 h_bucket{le=\"1\"} 1@0 h_bucket{le=\"1000000\"} 1@0 s{quantile=\"0.50\"} 1@0"
    );
}

#[test]
fn a_counter_is_born_at_zero() {
    let with_errors = "# TYPE errors_total counter\nerrors_total{kind=\"a\"} 1\n# TYPE load gauge\nload 5\nuntyped 5\n";
    let errors = |mut scrape: Scrape| {
        let mut store = Store::new();
        scrape.ingest(&mut store, b"", Format::Text, 5_000).unwrap();
        scrape
            .ingest(&mut store, with_errors.as_bytes(), Format::Text, 10_000)
            .unwrap();
        scrape
            .ingest(&mut store, with_errors.as_bytes(), Format::Text, 15_000)
            .unwrap();
        (
            samples(&store),
            values(&store, "increase(errors_total[1m])", 15_000),
        )
    };
    let (all, increase) = errors(scrape().with_born_at_zero(0));
    assert_eq!(
        all,
        [
            "errors_total{kind=\"a\"} 0@5000",
            "errors_total{kind=\"a\"} 1@10000",
            "errors_total{kind=\"a\"} 1@15000",
            "load 5@10000",
            "load 5@15000",
            "untyped 5@10000",
            "untyped 5@15000",
        ]
    );
    assert_eq!(increase, [("{kind=\"a\"}".to_owned(), 1.0)]);
    let (all, increase) = errors(scrape());
    assert_eq!(all.len(), 6);
    assert_eq!(increase, [("{kind=\"a\"}".to_owned(), 0.0)]);
}

#[test]
fn the_first_exposition_is_born_at_the_start_of_the_process() {
    let text = "\
# TYPE h histogram
h_bucket{le=\"+Inf\"} 2
h_sum 3
h_count 2
# TYPE s summary
s{quantile=\"0.5\"} 1
s_count 4
";
    let mut store = Store::new();
    let mut scrape = scrape().with_born_at_zero(7_000);
    scrape
        .ingest(&mut store, text.as_bytes(), Format::Text, 10_000)
        .unwrap();
    let zeros: Vec<_> = samples(&store)
        .into_iter()
        .filter(|sample| sample.ends_with("@7000"))
        .collect();
    assert_eq!(
        zeros,
        [
            "h_bucket{le=\"+Inf\"} 0@7000",
            "h_count 0@7000",
            "h_sum 0@7000",
            "s_count 0@7000"
        ]
    );
    // What vanished and comes back is not new.
    scrape
        .ingest(&mut store, b"", Format::Text, 15_000)
        .unwrap();
    scrape
        .ingest(&mut store, text.as_bytes(), Format::Text, 20_000)
        .unwrap();
    let zeros = samples(&store)
        .into_iter()
        .filter(|sample| sample.contains(" 0@"))
        .count();
    assert_eq!(zeros, 4);
}

#[test]
fn repeated_and_late_samples_are_counted() {
    let mut store = Store::new();
    let mut scrape = scrape();
    let ingested = scrape
        .ingest(&mut store, b"a 1\na 2\na 1\n", Format::Text, 1000)
        .unwrap();
    assert_eq!((ingested.samples, ingested.refused), (2, 1));
    let ingested = scrape
        .ingest(&mut store, b"a 1 500\n", Format::Text, 2000)
        .unwrap();
    assert_eq!(
        (ingested.samples, ingested.refused, ingested.ended_series),
        (0, 1, 0)
    );
    assert_eq!(store.stats().duplicate_samples, 1);
    assert_eq!(store.stats().out_of_order_samples, 1);
}

#[test]
fn a_sample_of_the_far_future_is_refused() {
    let mut store = Store::new();
    let text = b"a 1 700000\nb 1 600001\nc 1 600000\n";
    let ingested = scrape().ingest(&mut store, text, Format::Text, 0).unwrap();
    assert_eq!((ingested.samples, ingested.refused), (1, 2));
    assert_eq!(store.stats().too_far_samples, 2);
    assert_eq!(samples(&store), ["c 1@600000"]);
}

#[test]
fn a_full_store_takes_known_series_only() {
    let mut store = Store::builder().with_max_series(2).build();
    let mut scrape = scrape();
    let ingested = scrape
        .ingest(&mut store, b"a 1\nb 1\nc 1\n", Format::Text, 0)
        .unwrap();
    assert_eq!((ingested.samples, ingested.refused), (2, 1));
    let ingested = scrape
        .ingest(&mut store, b"c 1\nb 1\na 1\n", Format::Text, 1000)
        .unwrap();
    assert_eq!((ingested.samples, ingested.refused), (2, 1));
    assert_eq!(store.stats().refused_series, 2);
}

#[test]
fn a_series_that_the_store_forgot_is_new_again() {
    let mut store = Store::builder()
        .with_retention(std::time::Duration::from_secs(60))
        .build();
    let (mut one, mut other) = (scrape(), scrape());
    one.ingest(&mut store, b"a 1 1000\n", Format::Text, 1000)
        .unwrap();
    for tick in 0..5 {
        other
            .ingest(&mut store, b"b 1\n", Format::Text, 100_000 + tick * 61_000)
            .unwrap();
    }
    assert_eq!(store.label_values("__name__"), ["b"]);
    let again = one
        .ingest(&mut store, b"a 2\n", Format::Text, 400_000)
        .unwrap();
    assert_eq!((again.samples, again.new_series), (1, 1));
    assert_eq!(values(&store, "a", 400_000), [("a".to_owned(), 2.0)]);
}

#[test]
fn sizes_are_bounded() {
    let limit = |text: String| {
        let mut store = Store::new();
        scrape()
            .with_max_bytes(1 << 20)
            .ingest(&mut store, text.as_bytes(), Format::Text, 0)
            .unwrap_err()
            .kind()
    };
    assert_eq!(limit("a 1\n".repeat(1 << 19)), ErrorKind::Limit);
    assert_eq!(
        limit(format!("a{{b=\"{}\"}} 1\n", "x".repeat(9000))),
        ErrorKind::Exposition
    );
    let labels: Vec<String> = (0..200).map(|number| format!("l{number}=\"x\"")).collect();
    assert_eq!(
        limit(format!("a{{{}}} 1\n", labels.join(","))),
        ErrorKind::Exposition
    );
}

#[test]
fn formats_are_known_by_content_type() {
    for (content_type, format) in [
        ("text/plain; version=0.0.4; charset=utf-8", Format::Text),
        (
            "application/openmetrics-text; version=1.0.0",
            Format::OpenMetrics,
        ),
        ("Application/OpenMetrics-Text", Format::OpenMetrics),
        ("", Format::Text),
    ] {
        assert_eq!(Format::from_content_type(content_type), format);
    }
    assert_eq!(Ingested::default().samples, 0);
}

#[test]
fn exemplars_are_kept_once_with_the_labels_of_their_series() {
    let mut store = Store::new();
    let mut scrape = Scrape::new(Labels::new([("job", "gateway")]));
    let mut take = |at: i64, exemplars: [&str; 2]| {
        let text = format!(
            "# TYPE wait_seconds histogram\nwait_seconds_bucket{{le=\"1\"}} 1 # {}\nwait_seconds_bucket{{le=\"+Inf\"}} 2 # {}\n# EOF\n",
            exemplars[0], exemplars[1]
        );
        scrape
            .ingest(&mut store, text.as_bytes(), Format::OpenMetrics, at)
            .unwrap();
    };
    let second = "{trace_id=\"b\"} 7 9.5";
    take(10_000, ["{trace_id=\"a\"} 0.5", second]);
    take(15_000, ["{trace_id=\"a\"} 0.5", second]);
    take(20_000, ["{trace_id=\"c\",span=\"1\"} 0.75", second]);
    let mut found: Vec<String> = store
        .exemplars(&[], 0, 20_000)
        .flat_map(|(series, exemplars)| {
            exemplars.into_iter().map(move |exemplar| {
                let (value, time) = (exemplar.value(), exemplar.time());
                format!("{series} {} {value}@{time}", exemplar.labels())
            })
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            r#"wait_seconds_bucket{job="gateway", le="+Inf"} {trace_id="b"} 7@9500"#,
            r#"wait_seconds_bucket{job="gateway", le="1.0"} {span="1", trace_id="c"} 0.75@20000"#,
            r#"wait_seconds_bucket{job="gateway", le="1.0"} {trace_id="a"} 0.5@10000"#,
        ]
    );
    assert_eq!(store.exemplars(&[], 9_501, 9_999).count(), 0);
}
