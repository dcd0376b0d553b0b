//! The simulated provider itself.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use crate::embed::{EmbedRequest, EmbedResponse};
use crate::error::ProviderError;
use crate::kind::ErrorKind;
use crate::model::Model;
use crate::provider::Provider;
use crate::request::ChatRequest;
use crate::response::{ChatResponse, Head};
use crate::simulated::answer::Stamp;
use crate::simulated::builder::SimulatedBuilder;
use crate::simulated::embed;
use crate::simulated::fault::Fault;
use crate::simulated::model::SimulatedModel;
use crate::simulated::opened::Opened;
use crate::simulated::pace::Paced;
use crate::simulated::plan::{Beat, Plan, prompt_tokens};
use crate::simulated::rate_limit::Meter;
use crate::simulated::script::{Script, Scripted};
use crate::simulated::turn::{Purpose, Turn};
use crate::simulated::wait::{pause, wait_until};
use crate::stream::ChatStream;
use crate::usage::Usage;

/// A provider that answers by script; see the [module docs](crate::simulated). Clones share everything.
#[derive(Clone)]
pub struct Simulated(Arc<Inner>);

struct Inner {
    setup: SimulatedBuilder,
    start: Instant,
    meter: Option<Meter>,
    scripts: Mutex<VecDeque<Script>>,
    requests: AtomicU64,
    in_flight: Arc<AtomicUsize>,
}

/// When the answers of a provider that was built this moment were created: 2026-01-01. Real time would make two runs differ.
const CREATED: u64 = 1_767_225_600;
/// The most answers to one request.
const MOST_CHOICES: u32 = 128;

impl Simulated {
    /// Sets up a provider of this name.
    pub fn builder(name: impl Into<String>) -> SimulatedBuilder {
        SimulatedBuilder::new(name)
    }

    pub(crate) fn new(setup: SimulatedBuilder) -> Self {
        Self(Arc::new(Inner {
            meter: setup.rate_limit.map(Meter::new),
            setup,
            start: Instant::now(),
            scripts: Mutex::default(),
            requests: AtomicU64::new(0),
            in_flight: Arc::default(),
        }))
    }

    /// Queues the exact answer to a chat that comes: the next one, when none is queued yet. Embeddings take none.
    pub fn script(&self, script: Script) {
        let mut scripts = self
            .0
            .scripts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scripts.push_back(script);
    }

    /// How many chats and embeddings came so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// How many of them are under way: a stream until it has ended or was dropped.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.in_flight.load(Ordering::Relaxed)
    }

    /// When its time began, for the outages.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.0.start
    }

    fn begin(&self) -> Turn {
        let number = self.0.requests.fetch_add(1, Ordering::Relaxed);
        Turn::new(self.0.setup.seed, number, &self.0.in_flight)
    }

    fn next_script(&self) -> Option<Script> {
        let mut scripts = self
            .0
            .scripts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        scripts.pop_front()
    }

    fn refusal(&self, fault: &Fault, turn: &Turn) -> ProviderError {
        fault.refusal(self.name(), &turn.request_id())
    }

    fn outage(&self) -> Option<&Fault> {
        let elapsed = self.0.start.elapsed();
        let outages = self.0.setup.outages.iter();
        let mut now = outages.filter(|(during, _)| during.contains(&elapsed));
        now.next().map(|(_, fault)| fault)
    }

    /// Fails in an outage. A check draws nothing and is not counted.
    async fn reach(&self) -> Result<(), ProviderError> {
        let Some(fault) = self.outage() else {
            return Ok(());
        };
        pause(fault.after.unwrap_or_default()).await;
        Err(fault.refusal(self.name(), "req-sim-check"))
    }

    /// Finds the model, unless there is an outage or no such model.
    async fn model(&self, id: &str, turn: &Turn) -> Result<&SimulatedModel, ProviderError> {
        let models = &self.0.setup.models;
        let model = models.iter().find(|model| model.id == id);
        if let Some(fault) = self.outage() {
            let delay = model.map(|model| model.delay(fault, &mut turn.draw(Purpose::Head)));
            pause(delay.or(fault.after).unwrap_or_default()).await;
            return Err(self.refusal(fault, turn));
        }
        let missing = || {
            let known: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
            let message = format!(
                "there is no model {id}: ask for one of {}",
                known.join(", ")
            );
            let fault = Fault::from(ErrorKind::InvalidRequest)
                .with_status(404)
                .with_code("model_not_found")
                .with_message(message);
            self.refusal(&fault, turn)
        };
        model.ok_or_else(missing)
    }

    /// Waits for the head of an answer of `model` with this usage, and says what is in it; or refuses.
    async fn head(
        &self,
        model: &SimulatedModel,
        usage: &Usage,
        turn: &Turn,
    ) -> Result<(Head, Instant), ProviderError> {
        let mut head = turn.draw(Purpose::Head);
        let meter = self.0.meter.as_ref();
        let elapsed = turn.arrival.saturating_duration_since(self.0.start);
        let limits =
            meter.map(|meter| meter.take(elapsed, usage.prompt_tokens, usage.completion_tokens));
        let refused = limits.and_then(|limits| limits.retry_after).map(|wait| {
            // Too many requests, whatever else the model would fail with.
            Fault::from(ErrorKind::RateLimited).with_retry_after(wait)
        });
        let mut draw = turn.draw(Purpose::Fault);
        let fault = refused.or_else(|| model.faults.draw(&mut draw).cloned());
        let Some(fault) = fault else {
            let at = turn.arrival + model.head.draw(&mut head);
            wait_until(at).await;
            return Ok((turn.head(limits), at));
        };
        pause(model.delay(&fault, &mut head)).await;
        let error = self.refusal(&fault, turn);
        Err(match limits {
            Some(limits) => error.with_rate_limits(limits),
            None => error,
        })
    }

    fn invalid(&self, message: &str, turn: &Turn) -> ProviderError {
        let fault = Fault::from(ErrorKind::InvalidRequest).with_message(message);
        self.refusal(&fault, turn)
    }

    /// Plans the answer to a chat and waits for its head.
    async fn open(
        &self,
        model: &SimulatedModel,
        request: &ChatRequest,
        turn: &Turn,
    ) -> Result<Opened, ProviderError> {
        if !(1..=MOST_CHOICES).contains(&request.n.unwrap_or(1)) {
            return Err(self.invalid("n must be from 1 to 128", turn));
        }
        let prompt = prompt_tokens(request);
        if model.context_window.is_some_and(|window| prompt > window) {
            return Err(self.refusal(&ErrorKind::ContextLength.into(), turn));
        }
        let plan = Plan::new(model, request, &turn.draw(Purpose::Plan));
        let (head, at) = self.head(model, &plan.usage, turn).await?;
        let since_start = turn.arrival.saturating_duration_since(self.0.start);
        let stamp = Stamp {
            id: format!("chatcmpl-sim-{}", turn.number),
            created: CREATED.saturating_add(since_start.as_secs()),
            model: model.id.clone(),
            service_tier: request.service_tier.clone().filter(|tier| tier != "auto"),
        };
        let beats = plan.beats(model, turn.draw(Purpose::Tokens));
        Ok(Opened {
            plan,
            stamp,
            beats,
            head,
            at,
            usage: model.usage,
        })
    }
}

#[async_trait]
impl Provider for Simulated {
    fn name(&self) -> &str {
        &self.0.setup.name
    }

    async fn complete(&self, request: ChatRequest) -> Result<ChatResponse, ProviderError> {
        let turn = self.begin();
        if let Some(script) = self.next_script() {
            wait_for(&script).await;
            return script.into_whole();
        }
        let model = self.model(&request.model, &turn).await?;
        let opened = self.open(model, &request, &turn).await?;
        wait_until(opened.end()).await;
        Ok(opened.into_whole())
    }

    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let turn = self.begin();
        if let Some(script) = self.next_script() {
            wait_for(&script).await;
            let (latency, head) = (script.chunk_latency, script.head.clone());
            let items = script.into_chunks()?.into_iter();
            let items = items.map(move |item| (latency, item));
            let stream = Paced::new(items, Instant::now(), turn.flight);
            return Ok(ChatStream::new(stream).with_head(head));
        }
        let model = self.model(&request.model, &turn).await?;
        let mut opened = self.open(model, &request, &turn).await?;
        let mut draw = turn.draw(Purpose::StreamFault);
        let fault = model.stream_fault(&mut draw);
        if fault.is_some() {
            opened.break_off(&mut draw);
        } else if opened.usage && request.wants_stream_usage() {
            opened.beats.push((Duration::ZERO, Beat::Usage));
        }
        let error = fault.map(|fault| fault.in_stream(self.name()));
        let (head, at) = (opened.head.clone(), opened.at);
        let stream = Paced::new(opened.into_items(error), at, turn.flight);
        Ok(ChatStream::new(stream).with_head(head))
    }

    async fn embed(&self, request: EmbedRequest) -> Result<EmbedResponse, ProviderError> {
        let turn = self.begin();
        let model = self.model(&request.model, &turn).await?;
        let Some((texts, tokens)) = embed::inputs(&request.input) else {
            let message =
                "input must be a text, token ids, or a list of up to 2048 of them, none empty";
            return Err(self.invalid(message, &turn));
        };
        let dimensions = request.dimensions.unwrap_or(model.dimensions);
        if !(1..=embed::MOST_DIMENSIONS).contains(&dimensions) {
            return Err(self.invalid("dimensions must be from 1 to 8192", &turn));
        }
        let usage = Usage::new(tokens, 0);
        let (head, _) = self.head(model, &usage, &turn).await?;
        let in_base64 = request.encoding_format.as_deref() == Some("base64");
        let mut response = embed::answer(&model.id, &texts, dimensions, in_base64);
        response.head = head;
        if model.usage {
            response = response.with_usage(usage);
        }
        Ok(response)
    }

    async fn models(&self) -> Result<Vec<Model>, ProviderError> {
        self.reach().await?;
        let models = self.0.setup.models.iter().map(|model| {
            let mut listed = Model::new(&model.id);
            listed.owned_by = Some("simulated".to_owned());
            listed
        });
        Ok(models.collect())
    }

    async fn check(&self) -> Result<(), ProviderError> {
        self.reach().await
    }
}

impl fmt::Debug for Simulated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulated")
            .field("name", &self.0.setup.name)
            .field("requests", &self.requests())
            .finish_non_exhaustive()
    }
}

/// Waits for the head of a scripted answer; for ever, where it hangs.
async fn wait_for(script: &Script) {
    pause(script.head_latency).await;
    if matches!(script.answer, Scripted::Never) {
        std::future::pending::<()>().await;
    }
}
