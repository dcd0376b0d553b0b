//! The exposition's text, exactly.

use llm_vitals_prometheus::{Error, Exposition, Prometheus, Recorder, with_exemplar};
use metrics::with_local_recorder;

fn build(table: &[(&str, &[f64])]) -> (Recorder, Exposition) {
    Prometheus::builder()
        .with_histograms(table)
        .without_process_metrics()
        .build()
        .expect("the buckets grow")
}

/// The exposition without its own two counters.
fn text(exposition: &Exposition) -> String {
    let text = exposition.render();
    text.split_once("# HELP llm_vitals_dropped")
        .map_or(text.clone(), |(text, _)| text.to_owned())
}

#[test]
fn families_are_sorted_and_described() {
    let (recorder, exposition) = build(&[("b_seconds", &[1.0, 2.5])]);
    with_local_recorder(&recorder, || {
        metrics::describe_counter!("c_total", "Counts \\ things\nand \"more\".");
        metrics::counter!("c_total", "x" => "2").increment(2);
        metrics::counter!("c_total", "x" => "1").increment(1);
        metrics::gauge!("a").set(-1.5);
        metrics::histogram!("b_seconds").record(2.5);
        metrics::histogram!("b_seconds").record(0.25);
        metrics::histogram!("b_seconds").record(9.0);
    });
    assert_eq!(
        text(&exposition),
        "# HELP a (no description)\n# TYPE a gauge\na -1.5\n\
         # HELP b_seconds (no description)\n# TYPE b_seconds histogram\n\
         b_seconds_bucket{le=\"1\"} 1\nb_seconds_bucket{le=\"2.5\"} 2\nb_seconds_bucket{le=\"+Inf\"} 3\n\
         b_seconds_sum 11.75\nb_seconds_count 3\n\
         # HELP c_total Counts \\\\ things\\nand \"more\".\n# TYPE c_total counter\n\
         c_total{x=\"1\"} 1\nc_total{x=\"2\"} 2\n"
    );
}

#[test]
fn nano_dollars_are_written_as_dollars() {
    let (recorder, exposition) = build(&[]);
    with_local_recorder(&recorder, || {
        metrics::describe_counter!("cost_nanousd_total", "Cost.");
        metrics::counter!("cost_nanousd_total", "model" => "a b").increment(1_500_000_001);
    });
    assert_eq!(
        text(&exposition),
        "# HELP cost_usd_total Cost.\n# TYPE cost_usd_total counter\ncost_usd_total{model=\"a b\"} 1.500000001\n"
    );
}

#[test]
fn openmetrics_differs_where_it_must() {
    let (recorder, exposition) = build(&[("b_seconds", &[1.0])]);
    with_local_recorder(&recorder, || {
        metrics::counter!("c_total").increment(1);
        with_exemplar("abc", || metrics::histogram!("b_seconds").record(0.5));
        with_exemplar(&"x".repeat(200), || {
            metrics::histogram!("b_seconds").record(3.0);
        });
    });
    let text = exposition.render_openmetrics();
    let head = "# HELP b_seconds (no description)\n# TYPE b_seconds histogram\n# UNIT b_seconds seconds\n\
                b_seconds_bucket{le=\"1.0\"} 1 # {trace_id=\"abc\"} 0.5 ";
    assert!(text.starts_with(head), "{text}");
    assert!(
        text.contains("\nb_seconds_bucket{le=\"+Inf\"} 2\n"),
        "{text}"
    );
    assert!(text.contains("# TYPE c counter\nc_total 1\n"), "{text}");
    assert!(text.ends_with("\n# EOF\n"), "{text}");
}

#[test]
fn what_sources_add_is_merged_and_what_is_wrong_is_left_out() {
    let (recorder, exposition) = build(&[]);
    with_local_recorder(&recorder, || {
        metrics::counter!("c_total", "x" => "1").increment(1);
        metrics::histogram!("h").record(1.0);
    });
    exposition.add(|out| {
        out.push_str(
            "# HELP g Gauge.\n# TYPE g gauge\ng{a=\"1\"} 5\ng{a=\"1\"} 6\nnonsense\nother 1\n",
        );
        out.push_str("# TYPE c_total counter\nc_total{x=\"1\"} 9\nc_total{x=\"2\"} 3\n");
        out.push_str("# TYPE h gauge\nh 1\n");
    });
    exposition.add(|_| panic!("a source that panics"));
    let text = exposition.render();
    assert!(
        text.contains("# HELP g Gauge.\n# TYPE g gauge\ng{a=\"1\"} 5\n#"),
        "{text}"
    );
    assert!(
        text.contains("# TYPE c_total counter\nc_total{x=\"1\"} 1\nc_total{x=\"2\"} 3\n"),
        "{text}"
    );
    // A series twice, nonsense, a sample of another family, a series that is recorded, a family of another type with its
    // sample, and the panic.
    assert!(
        text.contains("\nllm_vitals_exposition_errors_total 7\n"),
        "{text}"
    );
}

#[test]
fn global_labels_are_everywhere_and_own_ones_win() {
    let builder = Prometheus::builder()
        .without_process_metrics()
        .with_global_label("app", "shop");
    let (recorder, exposition) = builder.build().unwrap();
    with_local_recorder(&recorder, || {
        metrics::counter!("c_total").increment(1);
        metrics::histogram!("h", "app" => "own").record(1.0);
        metrics::histogram!("h").record(1.0);
    });
    let text = exposition.render();
    for line in [
        "c_total{app=\"shop\"} 1",
        "h_count{app=\"own\"} 1",
        "h_count{app=\"shop\"} 1",
    ] {
        assert!(text.contains(line), "missing {line} in {text}");
    }
}

#[test]
fn hostile_labels_and_names_are_escaped() {
    let (recorder, exposition) = build(&[]);
    let value = format!("a\"b\\c\nd{}", "x".repeat(10_000));
    with_local_recorder(&recorder, || {
        metrics::histogram!("1 h{}", "l{\"" => value.clone()).record(1.0);
        metrics::counter!("c d", "l" => value.clone()).increment(1);
    });
    let text = text(&exposition);
    assert!(
        text.contains("__h___count{l__=\"a\\\"b\\\\c\\ndx"),
        "{}",
        &text[..300]
    );
    assert!(
        text.lines()
            .all(|line| line.starts_with('#') || line.contains("le=") || line.ends_with(" 1"))
    );
}

#[test]
fn samples_that_are_no_numbers_are_counted_and_dropped() {
    let (recorder, exposition) = build(&[]);
    with_local_recorder(&recorder, || {
        for value in [1.0, f64::NAN, f64::INFINITY] {
            metrics::histogram!("h").record(value);
        }
    });
    let text = exposition.render();
    assert!(text.contains("h_sum 1\nh_count 1\n"), "{text}");
    assert!(
        text.contains("llm_vitals_dropped_samples_total 2\n"),
        "{text}"
    );
}

#[test]
fn a_counter_set_to_an_absolute_value_never_falls() {
    let (recorder, exposition) = build(&[]);
    with_local_recorder(&recorder, || {
        metrics::counter!("c_total").absolute(10);
        metrics::counter!("c_total").absolute(4);
    });
    assert!(exposition.render().contains("c_total 10\n"));
}

#[test]
fn buckets_have_to_grow() {
    for buckets in [&[2.0, 1.0][..], &[1.0, f64::INFINITY], &[f64::NAN], &[]] {
        let error = Prometheus::builder()
            .with_histograms(&[("h", buckets)])
            .build()
            .unwrap_err();
        assert!(matches!(error, Error::Buckets { .. }), "{error}");
    }
}

#[test]
fn the_process_is_there() {
    let (_, exposition) = Prometheus::builder().build().unwrap();
    let text = exposition.render();
    for (name, ..) in llm_vitals_prometheus::METRICS {
        assert!(
            text.contains(&format!("\n{name} ")),
            "missing {name} in {text}"
        );
    }
}
