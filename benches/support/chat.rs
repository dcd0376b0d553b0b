//! The smallest chat: a request, a service that answers at once, and the layer's updates done by hand.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use llm_vitals_provider::{Operation, Usage};
use llm_vitals_tower::{Call, LlmRequest, LlmResponse};
use metrics::{Counter, Gauge, Histogram};
use tower_service::Service;

/// A request that borrows its model, so that making one costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Ask(pub &'static str);

/// An answer with its usage.
#[derive(Clone, Copy, Debug)]
pub struct Answer(pub Usage);

impl LlmRequest for Ask {
    fn model(&self) -> &str {
        self.0
    }

    fn operation(&self) -> Operation {
        Operation::Chat
    }
}

impl LlmResponse for Answer {
    fn observed(self, call: Call) -> Self {
        call.succeed(Some(self.0), None);
        self
    }
}

/// Answers at once.
#[derive(Clone, Copy, Debug)]
pub struct Bare;

impl Service<Ask> for Bare {
    type Response = Answer;
    type Error = Infallible;
    type Future = Ready<Result<Answer, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, ask: Ask) -> Self::Future {
        black_box(ask);
        ready(Ok(Answer(Usage::new(120, 40))))
    }
}

/// The layer's updates of one call through handles that were looked up before, with the layer's clock.
#[derive(Debug)]
pub struct Handles {
    clock: quanta::Clock,
    in_flight: Gauge,
    requests: Counter,
    duration: Histogram,
    prompt: Counter,
    completion: Counter,
    reported: Counter,
    cost: Counter,
}

impl Handles {
    pub fn new() -> Self {
        let labels = [("provider", "bench"), ("model", "handles")];
        Self {
            clock: quanta::Clock::new(),
            in_flight: metrics::gauge!("bench_in_flight", &labels),
            requests: metrics::counter!("bench_requests_total", &labels),
            duration: metrics::histogram!("llm_request_duration_seconds", &labels),
            prompt: metrics::counter!("bench_prompt_tokens_total", &labels),
            completion: metrics::counter!("bench_completion_tokens_total", &labels),
            reported: metrics::counter!("bench_reported_total", &labels),
            cost: metrics::counter!("bench_cost_nanousd_total", &labels),
        }
    }

    pub fn call(&self, service: &mut Bare) {
        let start = self.clock.raw();
        self.in_flight.increment(1.0);
        let Answer(usage) = poll(service, Ask("handles"));
        self.in_flight.decrement(1.0);
        self.requests.increment(1);
        let nanos = self.clock.delta_as_nanos(start, self.clock.raw());
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        self.duration.record(nanos as f64 * 1e-9);
        self.prompt.increment(usage.prompt_tokens);
        self.completion.increment(usage.completion_tokens);
        self.reported.increment(1);
        self.cost.increment(100_000);
    }
}

/// The same updates by the facade's macros, labels and all, as one writes them first.
pub fn macros(service: &mut Bare, clock: &quanta::Clock) {
    let start = clock.raw();
    let model = String::from("macros");
    metrics::gauge!("bench_in_flight", "provider" => "bench").increment(1.0);
    let Answer(usage) = poll(service, Ask("macros"));
    metrics::gauge!("bench_in_flight", "provider" => "bench").decrement(1.0);
    let nanos = clock.delta_as_nanos(start, clock.raw());
    metrics::counter!("bench_requests_total", "provider" => "bench", "model" => model.clone(), "operation" => "chat", "status" => "success").increment(1);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    metrics::histogram!("llm_request_duration_seconds", "provider" => "bench", "model" => model.clone(), "operation" => "chat", "status" => "success").record(nanos as f64 * 1e-9);
    metrics::counter!("bench_tokens_total", "provider" => "bench", "model" => model.clone(), "type" => "prompt").increment(usage.prompt_tokens);
    metrics::counter!("bench_tokens_total", "provider" => "bench", "model" => model.clone(), "type" => "completion").increment(usage.completion_tokens);
    metrics::counter!("bench_reports_total", "provider" => "bench", "model" => model.clone(), "source" => "reported").increment(1);
    metrics::counter!("bench_cost_nanousd_total", "provider" => "bench", "model" => model)
        .increment(100_000);
}

/// One whole call without a runtime: readiness, call, one poll.
pub fn poll<S>(service: &mut S, ask: Ask) -> Answer
where
    S: Service<Ask, Response = Answer, Error = Infallible>,
{
    let mut cx = Context::from_waker(Waker::noop());
    let Poll::Ready(Ok(())) = service.poll_ready(&mut cx) else {
        unreachable!("the service is always ready");
    };
    let mut future = pin!(service.call(ask));
    match future.as_mut().poll(&mut cx) {
        Poll::Ready(Ok(answer)) => answer,
        _ => unreachable!("the service answers at once"),
    }
}

/// Polls any future that is ready at once.
pub fn ready_now<F: Future + Unpin>(mut future: F) -> F::Output {
    let mut cx = Context::from_waker(Waker::noop());
    match Pin::new(&mut future).poll(&mut cx) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("the future is ready at once"),
    }
}
