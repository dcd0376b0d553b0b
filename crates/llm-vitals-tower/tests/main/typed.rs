//! The typed layer around whole answers.

use futures_util::FutureExt as _;
use llm_vitals_provider::{
    ChatReply, ChatRequest, ChatResponse, EmbedRequest, EmbedResponse, ErrorKind, Limit,
    ProviderError, RateLimits, Usage,
};
use llm_vitals_tower::{Clock, LlmMetrics, LlmMetricsLayer, LlmMetricsService};
use tokio_test::{assert_pending, assert_ready_err, assert_ready_ok};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_test::mock;

use crate::support::{Scrape, Scripted, chat, in_flight, millis, paused};

const CHAT: &str = r#"provider="openai",model="gpt-x",operation="chat""#;

#[tokio::test(start_paused = true)]
async fn a_success_is_counted_with_its_tokens_and_time() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let mut usage = Usage::new(30, 50);
    usage.cached_prompt_tokens = 16;
    usage.cache_write_tokens = 4;
    usage.reasoning_tokens = 32;
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(usage);
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(250), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    assert_eq!(
        scrape.samples(),
        [
            r#"llm_cost_unknown_requests_total{provider="openai",model="gpt-x",reason="no_price"} 1"#,
            r#"llm_request_duration_seconds_count{provider="openai",model="gpt-x",operation="chat",status="success"} 1"#,
            r#"llm_request_duration_seconds_sum{provider="openai",model="gpt-x",operation="chat",status="success"} 0.25"#,
            r#"llm_requests_total{provider="openai",model="gpt-x",operation="chat",status="success"} 1"#,
            r#"llm_token_details_total{provider="openai",model="gpt-x",type="cache_write"} 4"#,
            r#"llm_token_details_total{provider="openai",model="gpt-x",type="cached_prompt"} 16"#,
            r#"llm_token_details_total{provider="openai",model="gpt-x",type="reasoning"} 32"#,
            r#"llm_tokens_total{provider="openai",model="gpt-x",type="completion"} 50"#,
            r#"llm_tokens_total{provider="openai",model="gpt-x",type="prompt"} 30"#,
            r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="reported"} 1"#,
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn no_errors_yet_reads_0() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 1));
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(1), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    for status in ["error", "cancelled"] {
        let series = format!(r#"llm_requests_total{{{CHAT},status="{status}"}}"#);
        assert_eq!(scrape.value(&series), Some(0.0), "{series}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_is_cancelled() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let mut service = metrics.layer("openai").layer(Scripted::full(
        millis(250),
        ChatResponse::new("gpt-x", "hi"),
    ));
    metrics.allow_models("openai", ["gpt-x"]);
    let mut call = service.ready().await.unwrap().call(chat("gpt-x"));
    assert!((&mut call).now_or_never().is_none());
    assert_eq!(in_flight(&metrics, "openai"), "1");
    tokio::time::advance(millis(40)).await;
    drop(call);
    assert_eq!(in_flight(&metrics, "openai"), "0");
    assert_eq!(
        scrape.samples(),
        [
            format!(r#"llm_request_duration_seconds_count{{{CHAT},status="cancelled"}} 1"#),
            format!(r#"llm_request_duration_seconds_sum{{{CHAT},status="cancelled"}} 0.04"#),
            format!(r#"llm_requests_total{{{CHAT},status="cancelled"}} 1"#),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_model_is_not_known_yet_is_in_flight_too() {
    let metrics = paused().build();
    let pending = Scripted::new(|_| std::future::pending());
    let mut service = metrics.layer("openai").layer(pending);
    let calls = [service.call(chat("new")), service.call(chat("newer"))];
    assert_eq!(in_flight(&metrics, "openai"), "2");
    drop(calls);
    assert_eq!(in_flight(&metrics, "openai"), "0");
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_error_is_counted_by_its_name_and_passed_on() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    metrics.allow_models("openai", ["gpt-x"]);
    for kind in ErrorKind::ALL {
        let failing = Scripted::new(move |_| async move { Err(ProviderError::new(kind, "no")) });
        let service = metrics.layer("openai").layer(failing);
        let error = service.oneshot(chat("gpt-x")).await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, "no"));
        let series = format!(
            r#"llm_errors_total{{provider="openai",model="gpt-x",error_type="{}"}}"#,
            kind.as_str()
        );
        assert_eq!(scrape.value(&series), Some(1.0), "{series}");
    }
    let errors = format!(r#"llm_requests_total{{{CHAT},status="error"}}"#);
    assert_eq!(scrape.value(&errors), Some(13.0));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_usage_is_missing_and_never_0() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let answer = ChatResponse::new("gpt-x", "hi");
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    let text = scrape.samples().join("\n");
    assert!(text.contains(
        r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="missing"} 1"#
    ));
    assert!(text.contains(r#"reason="no_usage"} 1"#), "{text}");
    assert!(!scrape.text().contains("llm_tokens_total"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_estimate_is_labelled_as_one() {
    let scrape = Scrape::install();
    let metrics = paused().with_estimated_usage(4.0).build();
    let answer = ChatResponse::new("gpt-x", "twelve chars");
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    let series = |kind: &str| {
        format!(r#"llm_tokens_total{{provider="openai",model="gpt-x",type="{kind}"}}"#)
    };
    // "hello" is 5 characters, so 2 tokens.
    assert_eq!(scrape.value(&series("prompt")), Some(2.0));
    assert_eq!(scrape.value(&series("completion")), Some(3.0));
    let estimated =
        r#"llm_usage_reports_total{provider="openai",model="gpt-x",source="estimated"}"#;
    assert_eq!(scrape.value(estimated), Some(1.0));
}

#[tokio::test(start_paused = true)]
async fn embeddings_have_an_operation_of_their_own() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let service = metrics
        .layer("openai")
        .layer(service_fn(async |request: EmbedRequest| {
            Ok::<_, ProviderError>(
                EmbedResponse::new(request.model, [vec![0.5]]).with_usage(Usage::new(8, 0)),
            )
        }));
    service
        .oneshot(EmbedRequest::new("embed-x", "text"))
        .await
        .unwrap();
    let series = r#"llm_requests_total{provider="openai",model="embed-x",operation="embeddings",status="success"}"#;
    assert_eq!(scrape.value(series), Some(1.0));
    let prompt = r#"llm_tokens_total{provider="openai",model="embed-x",type="prompt"}"#;
    assert_eq!(scrape.value(prompt), Some(8.0));
}

#[tokio::test(start_paused = true)]
async fn a_layer_from_before_the_recorder_is_not_mute_for_ever() {
    let metrics = paused().build();
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 1));
    let mut service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(5), answer));
    service
        .ready()
        .await
        .unwrap()
        .call(chat("gpt-x"))
        .await
        .unwrap();
    let scrape = Scrape::install();
    service
        .ready()
        .await
        .unwrap()
        .call(chat("gpt-x"))
        .await
        .unwrap();
    assert_eq!(
        scrape.value(&format!(r#"llm_requests_total{{{CHAT},status="success"}}"#)),
        Some(1.0)
    );
}

#[tokio::test(start_paused = true)]
async fn names_that_were_not_admitted_are_other() {
    let scrape = Scrape::install();
    let metrics = paused().with_most_models(3).build();
    metrics.allow_models("openai", ["gpt-x"]);
    let failing = Scripted::new(|_| async {
        Err(ProviderError::new(
            ErrorKind::InvalidRequest,
            "no such model",
        ))
    });
    let answering = Scripted::new(|request: ChatRequest| async move {
        Ok(ChatReply::Full(
            ChatResponse::new(request.model, "hi").with_usage(Usage::new(1, 1)),
        ))
    });
    let layer = metrics.layer("openai");
    let (mut failing, mut answering) = (layer.layer(failing), layer.layer(answering));
    // An unknown name that fails is nobody's model, however often it is asked for.
    for attempt in 0..1_000 {
        failing
            .ready()
            .await
            .unwrap()
            .call(chat(&format!("made-up-{attempt}")))
            .await
            .unwrap_err();
    }
    failing
        .ready()
        .await
        .unwrap()
        .call(chat(&"x".repeat(10_000)))
        .await
        .unwrap_err();
    // A success admits a name, until there are as many as the limit.
    for model in ["gpt-x", "m1", "m2", "m3", "m4"] {
        answering
            .ready()
            .await
            .unwrap()
            .call(chat(model))
            .await
            .unwrap();
    }
    let requests = |model: &str, status: &str| {
        scrape.value(&format!(
            r#"llm_requests_total{{provider="openai",model="{model}",operation="chat",status="{status}"}}"#
        ))
    };
    assert_eq!(requests("other", "error"), Some(1_001.0));
    // `other` takes one of the three places.
    assert_eq!(
        [requests("gpt-x", "success"), requests("m1", "success")],
        [Some(1.0); 2]
    );
    assert_eq!(requests("other", "success"), Some(3.0));
    assert_eq!(
        scrape.value(r#"llm_label_overflow_total{label="model"}"#),
        Some(1_004.0)
    );
    assert!(!scrape.text().contains("made-up") && !scrape.text().contains("xxx"));
}

#[test]
fn a_race_admits_no_more_than_the_limit() {
    let recorder: &'static _ = Box::leak(Box::new(
        metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder(),
    ));
    let metrics = LlmMetrics::builder().with_most_models(5).build();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let metrics = &metrics;
            scope.spawn(move || {
                let _guard = metrics::set_default_local_recorder(recorder);
                let service = service_fn(async |request: ChatRequest| {
                    let answer = ChatResponse::new(request.model, "hi");
                    Ok::<_, ProviderError>(ChatReply::Full(answer))
                });
                let service = metrics.layer("openai").layer(service);
                for model in 0..50 {
                    let model = format!("model-{thread}-{model}");
                    let call = service.clone().oneshot(chat(&model));
                    call.now_or_never().unwrap().unwrap();
                }
            });
        }
    });
    let text = recorder.handle().render();
    let models: std::collections::BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("llm_requests_total{")?.split('"').nth(3))
        .collect();
    assert!(models.contains("other") && models.len() == 6, "{models:?}");
}

#[tokio::test(start_paused = true)]
async fn labels_of_the_application_are_on_every_series() {
    let scrape = Scrape::install();
    let metrics = paused().with_label("app", "shop").build();
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 1));
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    let mut samples = scrape.samples();
    let mut rendered = String::new();
    metrics.render(&mut rendered);
    let rendered = rendered.lines().filter(|line| !line.starts_with('#'));
    samples.extend(rendered.map(str::to_owned));
    assert!(
        samples.iter().all(|line| line.contains(r#"app="shop""#)),
        "{samples:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn names_of_labels_are_made_fit() {
    let scrape = Scrape::install();
    let metrics = paused()
        .with_label("my-team", "a")
        .with_label("provider", "b")
        .build();
    let answer = ChatResponse::new("gpt-x", "hi");
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    let own = r#",my_team="a",exported_provider="b"}"#;
    let attempted = format!(r#"llm_requests_total{{{CHAT},status="success"{own}"#);
    assert_eq!(scrape.value(&attempted), Some(1.0));
    let mut rendered = String::new();
    metrics.render(&mut rendered);
    let gauge = format!(r#"llm_requests_in_flight{{provider="openai"{own} 0"#);
    assert!(rendered.contains(&gauge), "{rendered}");
}

#[tokio::test(start_paused = true)]
async fn a_priced_model_is_one_label_however_its_name_is_written() {
    let scrape = Scrape::install();
    let prices = r#"{"openai": {"gpt-x": {"prompt": 1, "completion": 2}}}"#;
    let prices = std::sync::Arc::new(llm_vitals_cost::Overrides::from_json(prices).unwrap());
    let metrics = paused().with_prices(prices).build();
    let failing = Scripted::new(|_| async { Err(ProviderError::new(ErrorKind::Connect, "no")) });
    let mut service = metrics.layer("openai").layer(failing);
    for name in ["gpt-x", "GPT-X", "Gpt-x", "gPt-x"] {
        service
            .ready()
            .await
            .unwrap()
            .call(chat(name))
            .await
            .unwrap_err();
    }
    let errors = |model: &str| {
        scrape.value(&format!(
            r#"llm_requests_total{{provider="openai",model="{model}",operation="chat",status="error"}}"#
        ))
    };
    assert_eq!((errors("gpt-x"), errors("other")), (Some(1.0), Some(3.0)));
}

#[tokio::test(start_paused = true)]
async fn providers_beyond_the_limit_are_one_and_counted() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    for provider in 0..103 {
        let answer = ChatResponse::new("m", "hi");
        let service = metrics
            .layer(format!("p{provider}"))
            .layer(Scripted::full(millis(1), answer));
        service.oneshot(chat("m")).await.unwrap();
    }
    let other =
        r#"llm_requests_total{provider="other",model="m",operation="chat",status="success"}"#;
    assert_eq!(scrape.value(other), Some(3.0));
    assert_eq!(
        scrape.value(r#"llm_label_overflow_total{label="provider"}"#),
        Some(3.0)
    );
}

#[tokio::test(start_paused = true)]
async fn cost_is_that_of_the_model_that_answered() {
    let scrape = Scrape::install();
    let prices = r#"{"openai": {"gpt-x": {"prompt": 1, "completion": 2}, "gpt-y": {"prompt": 10, "completion": 20}}}"#;
    let prices = std::sync::Arc::new(llm_vitals_cost::Overrides::from_json(prices).unwrap());
    let metrics = paused().with_prices(prices).build();
    let answer = ChatResponse::new("gpt-y", "hi").with_usage(Usage::new(100, 50));
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(1), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    // 100 tokens at 10 and 50 at 20 dollars for a million, in nano-dollars, under the requested name.
    let cost = r#"llm_cost_nanousd_total{provider="openai",model="gpt-x"}"#;
    assert_eq!(scrape.value(cost), Some(2_000_000.0));
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_billed_counts_before_a_list_and_after_a_contract() {
    let mut usage = Usage::new(100, 50);
    usage.cost_nanousd = Some(777);
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(usage);
    let cost = async |metrics: LlmMetrics| {
        let scrape = Scrape::install();
        let service = metrics
            .layer("openai")
            .layer(Scripted::full(millis(1), answer.clone()));
        service.oneshot(chat("gpt-x")).await.unwrap();
        scrape.value(r#"llm_cost_nanousd_total{provider="openai",model="gpt-x"}"#)
    };
    assert_eq!(cost(paused().build()).await, Some(777.0));
    let contract = r#"{"openai": {"gpt-x": {"prompt": 1, "completion": 2}}}"#;
    let contract = std::sync::Arc::new(llm_vitals_cost::Overrides::from_json(contract).unwrap());
    assert_eq!(
        cost(paused().with_prices(contract).build()).await,
        Some(200_000.0)
    );
    let list = r#"{"gpt-x": {"litellm_provider": "openai", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}}"#;
    let list = std::sync::Arc::new(llm_vitals_cost::LiteLlmPrices::from_json(list).unwrap());
    assert_eq!(cost(paused().with_prices(list).build()).await, Some(777.0));
}

#[tokio::test(start_paused = true)]
async fn embeddings_are_estimated_by_their_texts() {
    let scrape = Scrape::install();
    let metrics = paused().with_estimated_usage(4.0).build();
    let service = metrics
        .layer("openai")
        .layer(service_fn(async |request: EmbedRequest| {
            Ok::<_, ProviderError>(EmbedResponse::new(request.model, [vec![0.5]]))
        }));
    let texts = serde_json::json!(["four", "eight ch"]);
    service
        .oneshot(EmbedRequest::new("embed-x", texts))
        .await
        .unwrap();
    let prompt = r#"llm_tokens_total{provider="openai",model="embed-x",type="prompt"}"#;
    assert_eq!(scrape.value(prompt), Some(3.0));
}

#[tokio::test(start_paused = true)]
async fn attempts_have_a_family_of_their_own_and_no_tokens() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 1));
    let service = metrics
        .layer("openai")
        .attempts()
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    let model = r#"provider="openai",model="gpt-x",status="success""#;
    assert_eq!(
        scrape.samples(),
        [
            format!("llm_attempt_duration_seconds_count{{{model}}} 1"),
            format!("llm_attempt_duration_seconds_sum{{{model}}} 0.005"),
            format!("llm_attempts_total{{{model}}} 1"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn the_whole_service_has_a_family_without_models() {
    let scrape = Scrape::install();
    let metrics = paused().build();
    let answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 1));
    let service = metrics
        .service_layer()
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    assert_eq!(
        scrape.samples(),
        [
            r#"llm_service_request_duration_seconds_count{operation="chat",status="success"} 1"#,
            r#"llm_service_request_duration_seconds_sum{operation="chat",status="success"} 0.005"#,
            r#"llm_service_requests_total{operation="chat",status="success"} 1"#,
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn rate_limits_are_shown_until_their_reset() {
    let _scrape = Scrape::install();
    let metrics = paused().build();
    let mut answer = ChatResponse::new("gpt-x", "hi").with_usage(Usage::new(1, 1));
    let mut limits = RateLimits::default();
    limits.requests = Some(Limit::new(100, 42, millis(1_500)));
    answer.head.rate_limits = Some(limits);
    let service = metrics
        .layer("openai")
        .layer(Scripted::full(millis(5), answer));
    service.oneshot(chat("gpt-x")).await.unwrap();
    let render = || {
        let mut text = String::new();
        metrics.render(&mut text);
        text.lines()
            .filter(|line| line.starts_with("llm_rate_limit"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    tokio::time::advance(millis(500)).await;
    let series = r#"{provider="openai",resource="requests"}"#;
    assert_eq!(
        render(),
        [
            format!("llm_rate_limit_remaining{series} 42"),
            format!("llm_rate_limit_limit{series} 100"),
            format!("llm_rate_limit_reset_seconds{series} 1"),
        ]
    );
    tokio::time::advance(millis(1_000)).await;
    assert_eq!(render(), [format!("llm_rate_limit_limit{series} 100")]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_tells_the_rate_limits_too() {
    let _scrape = Scrape::install();
    let metrics = paused().build();
    let refusing = Scripted::new(|_| async {
        let mut limits = RateLimits::default();
        limits.tokens = Some(Limit::new(1_000, 0, millis(9_000)));
        Err(ProviderError::new(ErrorKind::RateLimited, "slow down").with_rate_limits(limits))
    });
    metrics
        .layer("openai")
        .layer(refusing)
        .oneshot(chat("gpt-x"))
        .await
        .unwrap_err();
    let mut text = String::new();
    metrics.render(&mut text);
    assert!(
        text.contains("llm_rate_limit_remaining{provider=\"openai\",resource=\"tokens\"} 0\n"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn readiness_is_that_of_the_inner_service() {
    let scrape = Scrape::install();
    let layer = paused().build().layer("openai");
    let (mut service, mut handle) = mock::spawn_layer::<ChatRequest, ChatReply, _>(layer);
    handle.allow(0);
    assert_pending!(service.poll_ready());
    handle.allow(1);
    assert_ready_ok!(service.poll_ready());
    // There is no request yet, so that nothing is recorded.
    handle.send_error(ProviderError::new(ErrorKind::Connect, "gone"));
    let error = assert_ready_err!(service.poll_ready());
    assert_eq!(ErrorKind::of(error.as_ref()), ErrorKind::Connect);
    assert_eq!(scrape.samples(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_classifier_of_ones_own_decides() {
    let scrape = Scrape::install();
    let layer = paused()
        .build()
        .layer("openai")
        .with_classifier(|error: &&str| match *error {
            "full" => ErrorKind::Quota,
            _ => ErrorKind::Other,
        });
    let service = layer.layer(service_fn(async |_: ChatRequest| {
        Err::<ChatReply, _>("full")
    }));
    assert_eq!(service.oneshot(chat("gpt-x")).await.unwrap_err(), "full");
    let series = r#"llm_errors_total{provider="openai",model="other",error_type="quota"}"#;
    assert_eq!(scrape.value(series), Some(1.0));
}

#[test]
fn everything_is_send_sync_and_clone() {
    fn check<T: Send + Sync + Clone>() {}
    check::<LlmMetrics>();
    check::<Clock>();
    check::<LlmMetricsLayer>();
    check::<LlmMetricsService<()>>();
    check::<llm_vitals_tower::LlmHttpMetricsLayer>();
    check::<llm_vitals_tower::LlmHttpMetricsService<()>>();
}
