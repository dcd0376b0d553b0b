//! Delivery on a clock that is paused, to receivers in memory.

mod restart;
mod storm;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use llm_vitals_alert::notify::{
    Config, LaneState, Notification, Notifications, NotificationsBuilder, Notifier, NotifyError,
    PostedAlert, Receipt, RefusalReason,
};
use llm_vitals_promql::Labels;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const START: i64 = 1_800_000_000_000;

/// Seconds since the start, and what was told.
type Told = Arc<Mutex<Vec<(f64, String)>>>;

/// A receiver that does as it is told, and writes down what it got.
struct Recorder {
    began: tokio::time::Instant,
    told: Told,
    answer: Box<dyn Fn(f64, &Notification) -> Result<(), NotifyError> + Send + Sync>,
}

#[async_trait]
impl Notifier for Recorder {
    fn integration(&self) -> &'static str {
        "webhook"
    }

    async fn notify(
        &self,
        notification: &Notification,
        _previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        let now = self.began.elapsed().as_secs_f64();
        (self.answer)(now, notification)?;
        let alerts = notification.alerts.iter().map(|alert| {
            let end = if alert.ends_at.is_some() { "!" } else { "" };
            format!("{}{end}", alert.labels["alertname"])
        });
        let alerts: Vec<String> = alerts.collect();
        self.told.lock().unwrap().push((now, alerts.join(",")));
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<(), NotifyError> {
        Ok(())
    }
}

fn clock() -> impl Fn() -> i64 + Send + Sync + 'static {
    let began = tokio::time::Instant::now();
    move || START + i64::try_from(began.elapsed().as_millis()).unwrap()
}

fn recorder(
    answer: impl Fn(f64, &Notification) -> Result<(), NotifyError> + Send + Sync + 'static,
) -> (Box<dyn Notifier>, Told) {
    let told = Told::default();
    let recorder = Recorder {
        began: tokio::time::Instant::now(),
        told: Arc::clone(&told),
        answer: Box::new(answer),
    };
    (Box::new(recorder), told)
}

fn down(from: f64, to: f64) -> impl Fn(f64, &Notification) -> Result<(), NotifyError> {
    move |now, _| match (from..to).contains(&now) {
        true => Err(NotifyError::temporary("connect", "connection refused")),
        false => Ok(()),
    }
}

fn config(text: &str) -> Arc<Config> {
    Arc::new(Config::parse("notify.yml", text).unwrap())
}

/// Two receivers; everything goes to `team`.
fn two() -> Arc<Config> {
    config(
        "
route: {receiver: team, group_by: [alertname], group_wait: 1s, group_interval: 10s, repeat_interval: 4h}
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:1/', send_resolved: true}]
- name: others
  webhook_configs: [{url: 'http://127.0.0.1:1/', send_resolved: true}]
",
    )
}

fn alert(name: &str) -> PostedAlert {
    PostedAlert::new(Labels::new([("alertname", name)])).without_timeout()
}

struct Running {
    notifications: Notifications,
    stop: oneshot::Sender<()>,
    runner: JoinHandle<()>,
}

impl Running {
    fn start(builder: NotificationsBuilder) -> Self {
        let (notifications, runner) = builder.with_clock(clock()).build().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let runner = tokio::spawn(runner.run(async {
            let _ = stopped.await;
        }));
        Self {
            notifications,
            stop,
            runner,
        }
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.runner.await.unwrap();
    }
}

async fn seconds(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

fn take(told: &Told) -> Vec<String> {
    let told = std::mem::take(&mut *told.lock().unwrap());
    told.into_iter().map(|(_, text)| text).collect()
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_down_lose_nothing_and_the_others_are_told() {
    let (team, told) = recorder(down(0.0, 600.0));
    let (others, others_told) = recorder(|_, _| Ok(()));
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, others),
    );
    let notifications = running.notifications.clone();
    notifications.put([alert("A"), alert("B")]);
    seconds(120).await;
    // It fires and is over while nobody can be told.
    notifications.put([alert("C")]);
    seconds(60).await;
    let mut end = alert("C");
    end.ends_at = Some(START + 180_000);
    notifications.put([end]);
    seconds(100).await;
    let state = |receiver: &str| {
        let all = notifications.receivers();
        let status = all
            .into_iter()
            .find(|status| status.receiver == receiver)
            .unwrap();
        (status.state, status.queued)
    };
    assert_eq!(state("team"), (LaneState::Retrying, 4));
    assert_eq!(take(&others_told), Vec::<String>::new());
    seconds(40).await;
    // 301 s after the first failure.
    assert_eq!(state("team"), (LaneState::Failing, 4));
    assert_eq!(take(&others_told), ["NotificationFailing"]);
    seconds(400).await;
    assert_eq!(take(&told), ["A", "B", "C", "C!"]);
    assert_eq!(take(&others_told), ["NotificationFailing!"]);
    assert_eq!(state("team"), (LaneState::Working, 0));
    let mut metrics = String::new();
    notifications.render(&mut metrics);
    let delivered = "alert_notifications_delivered_total{integration=\"webhook\"} 6\n";
    assert!(metrics.contains(delivered), "{metrics}");
    assert!(metrics.contains("alert_notifications_given_up_total{integration=\"webhook\"} 0\n"));
    assert!(metrics.contains("alert_notifications_refused_total{integration=\"webhook\"} 0\n"));
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn delivery_begins_within_a_minute_of_the_receivers_return() {
    let (team, told) = recorder(down(0.0, 600.0));
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, recorder(|_, _| Ok(())).0),
    );
    running.notifications.put([alert("A")]);
    seconds(700).await;
    let told = told.lock().unwrap().clone();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!((600.0..=660.1).contains(&told[0].0), "{told:?}");
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_was_asked_for_is_kept_and_used_at_once() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&calls);
    let (team, told) = recorder(move |now, _| {
        let mut calls = seen.lock().unwrap();
        calls.push(now);
        match now - calls[0] < 5.0 {
            true => Err(NotifyError::temporary("rate_limited", "429")
                .with_retry_after(Duration::from_secs(5))),
            false => Ok(()),
        }
    });
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, recorder(|_, _| Ok(())).0),
    );
    running.notifications.put([alert("A")]);
    seconds(20).await;
    let calls = calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!((5.0..5.1).contains(&(calls[1] - calls[0])), "{calls:?}");
    assert_eq!(take(&told), ["A"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_permanent_failure_is_told_to_the_others_and_tried_with_the_next_message() {
    let (team, told) = recorder(|now, _| match now < 25.0 {
        true => Err(NotifyError::permanent("auth", "invalid_token")),
        false => Ok(()),
    });
    let (others, others_told) = recorder(|_, _| Ok(()));
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, others),
    );
    running.notifications.put([alert("A")]);
    seconds(4).await;
    let status = running.notifications.receivers().swap_remove(0);
    assert_eq!(
        (status.state, status.failed, status.queued),
        (LaneState::Failing, 1, 0)
    );
    assert_eq!(status.last_error.as_deref(), Some("invalid_token"));
    assert_eq!(take(&others_told), ["NotificationFailing"]);
    seconds(60).await;
    // With the next interval of the group, as Alertmanager does.
    assert_eq!(take(&told), ["A"]);
    assert_eq!(take(&others_told), ["NotificationFailing!"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_tree_says_who_is_told_of_a_failing_receiver_where_that_one_works() {
    let config = config(
        "
route:
  receiver: team
  group_wait: 1s
  group_interval: 10s
  routes: [{matchers: [alertname=NotificationFailing], receiver: operators}]
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:1/', send_resolved: true}]
- name: operators
  webhook_configs: [{url: 'http://127.0.0.1:1/', send_resolved: true}]
- name: others
  webhook_configs: [{url: 'http://127.0.0.1:1/', send_resolved: true}]
",
    );
    let refuses = |_: f64, _: &Notification| Err(NotifyError::permanent("auth", "no"));
    let (operators, operators_told) = recorder(|_, _| Ok(()));
    let (others, others_told) = recorder(|_, _| Ok(()));
    let running = Running::start(
        Notifications::builder(config)
            .with_notifier("team", 0, recorder(refuses).0)
            .with_notifier("operators", 0, operators)
            .with_notifier("others", 0, others),
    );
    running.notifications.put([alert("A")]);
    seconds(30).await;
    assert_eq!(take(&operators_told), ["NotificationFailing"]);
    assert_eq!(take(&others_told), Vec::<String>::new());
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_notifier_that_panics_or_never_ends_holds_up_only_itself() {
    let (others, told) = recorder(|_, _| Ok(()));
    let config = config(
        "
route: {receiver: all, group_by: [alertname], group_wait: 1s, group_interval: 10s}
receivers:
- name: all
  webhook_configs: [{url: 'http://127.0.0.1:1/'}, {url: 'http://127.0.0.1:1/'}, {url: 'http://127.0.0.1:1/'}]
",
    );
    struct Hangs;
    #[async_trait]
    impl Notifier for Hangs {
        fn integration(&self) -> &'static str {
            "hangs"
        }
        async fn notify(
            &self,
            _: &Notification,
            _: Option<&Receipt>,
        ) -> Result<Receipt, NotifyError> {
            std::future::pending().await
        }
        async fn check(&self) -> Result<(), NotifyError> {
            std::future::pending().await
        }
    }
    let running = Running::start(
        Notifications::builder(config)
            .with_notifier("all", 0, recorder(|_, _| panic!("on purpose")).0)
            .with_notifier("all", 1, Box::new(Hangs))
            .with_notifier("all", 2, others),
    );
    running.notifications.put([alert("A")]);
    seconds(5).await;
    // The alarm about the first goes to the third too.
    assert_eq!(take(&told), ["A", "NotificationFailing"]);
    let states: BTreeMap<usize, (LaneState, Option<String>)> = running
        .notifications
        .receivers()
        .into_iter()
        .map(|status| (status.index, (status.state, status.last_error)))
        .collect();
    assert_eq!(
        states[&0],
        (LaneState::Failing, Some("the notifier panicked".to_owned()))
    );
    assert_eq!(states[&1], (LaneState::Working, None));
    seconds(310).await;
    let status = running.notifications.receivers().swap_remove(1);
    assert_eq!(
        status.last_error.as_deref(),
        Some("the notifier took more than 5 minutes")
    );
    let checked = running.notifications.check().await;
    let results: Vec<String> = checked
        .into_iter()
        .map(|(receiver, kind, result)| format!("{receiver} {kind} {result:?}"))
        .collect();
    assert_eq!(results[0], "all webhook Ok(())");
    assert!(
        results[1].starts_with("all hangs Err(NotifyError { is_temporary: true"),
        "{results:?}"
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_without_room_says_so_and_the_rest_is_told_later() {
    let (team, told) = recorder(down(0.0, 60.0));
    let (others, others_told) = recorder(|_, _| Ok(()));
    let running = Running::start(
        Notifications::builder(two())
            .with_queue_limits(3, 1 << 20)
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, others),
    );
    running
        .notifications
        .put(["A", "B", "C", "D", "E"].map(alert));
    seconds(5).await;
    assert_eq!(take(&others_told), ["NotificationFailing"]);
    let mut metrics = String::new();
    running.notifications.render(&mut metrics);
    // D, E, and the group of the alarm, of which this receiver would not be told.
    let refused = "alert_notifications_refused_total{integration=\"webhook\"} 3\n";
    assert!(metrics.contains(refused), "{metrics}");
    seconds(300).await;
    let mut told = take(&told);
    told.sort();
    assert_eq!(told, ["A", "B", "C", "D", "E"]);
    assert_eq!(take(&others_told), ["NotificationFailing!"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_keeps_nothing_from_the_other_integration_of_its_receiver() {
    let (down, down_told) = recorder(down(0.0, 60.0));
    let (works, told) = recorder(|_, _| Ok(()));
    let both = config(
        "
route: {receiver: team, group_by: [alertname], group_wait: 1s, group_interval: 10s, repeat_interval: 4h}
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:1/'}, {url: 'http://127.0.0.1:1/'}]
",
    );
    let running = Running::start(
        Notifications::builder(both)
            .with_queue_limits(3, 1 << 20)
            .with_notifier("team", 0, down)
            .with_notifier("team", 1, works),
    );
    let names = ["A", "B", "C", "D", "E", "F", "G"];
    for name in names {
        running.notifications.put([alert(name)]);
        seconds(2).await;
    }
    let mut told = take(&told);
    told.retain(|name| names.contains(&name.as_str()));
    assert_eq!(told, names);
    seconds(400).await;
    let mut late = take(&down_told);
    late.sort();
    late.dedup();
    late.retain(|name| names.contains(&name.as_str()));
    assert_eq!(late, names);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_reload_keeps_queues_and_counts() {
    let (team, told) = recorder(down(0.0, 60.0));
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, recorder(|_, _| Ok(())).0),
    );
    running.notifications.put([alert("A")]);
    seconds(10).await;
    running.notifications.reload(two()).unwrap();
    seconds(300).await;
    assert_eq!(take(&told), ["A"]);
    // A receiver that cannot be made changes nothing.
    let wrong = config(
        "
route: {receiver: x}
receivers: [{name: x, opsgenie_configs: [{api_key: k}]}]
",
    );
    let error = running.notifications.reload(wrong).unwrap_err().to_string();
    assert!(
        error.contains("receiver \"x\", opsgenie: there is no such receiver here"),
        "{error}"
    );
    running.notifications.put([alert("B")]);
    seconds(30).await;
    assert_eq!(take(&told), ["B"]);
    let other = config(
        "
route: {receiver: others, group_wait: 1s}
receivers: [{name: others, webhook_configs: [{url: 'http://127.0.0.1:1/'}]}]
",
    );
    running.notifications.reload(other).unwrap();
    let mut metrics = String::new();
    running.notifications.render(&mut metrics);
    let delivered = metrics
        .lines()
        .find(|line| line.starts_with("alert_notifications_delivered_total"));
    assert_eq!(
        delivered,
        Some("alert_notifications_delivered_total{integration=\"webhook\"} 2")
    );
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn draining_ends_when_all_is_sent_or_the_time_is_over() {
    for (answer, expected) in [(1.0, 0.0), (1e9, 5.0)] {
        let (team, told) = recorder(down(0.0, answer));
        let running = Running::start(
            Notifications::builder(two())
                .with_notifier("team", 0, team)
                .with_notifier("others", 0, recorder(|_, _| Ok(())).0),
        );
        running.notifications.put([alert("A")]);
        seconds(30).await;
        let began = tokio::time::Instant::now();
        running.stop().await;
        let took = began.elapsed().as_secs_f64();
        assert!(took <= expected + 0.01, "{took}");
        assert_eq!(told.lock().unwrap().len(), usize::from(answer < 2.0));
    }
}

#[test]
fn what_an_application_holds_can_be_sent_to_other_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_sync<T: Sync + Clone>(_: &T) {}
    let (notifications, runner) = Notifications::builder(two()).build().unwrap();
    is_sync(&notifications);
    is_send(&runner.run(async {}));
}

#[tokio::test(start_paused = true)]
async fn alerts_of_the_evaluator_are_told_with_why_they_ended_and_once_their_rule_is_gone() {
    use llm_vitals_alert::{Evaluator, RuleFile, Rules};
    let rules = |text: &str| {
        let file = RuleFile::parse("r.yml", text).unwrap();
        Rules::new([file]).unwrap()
    };
    let all = rules(
        "alerts: [{name: Hot, condition: t > 30, summary: hot}, {name: Wet, condition: h > 1}]",
    );
    let mut evaluator = Evaluator::new(all).with_interval(Duration::from_secs(10));
    let mut store = llm_vitals_promql::Store::new();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let writes = Arc::clone(&seen);
    let (team, told) = recorder(move |_, notification| {
        for alert in &notification.alerts {
            let ended = alert.evidence.as_ref().and_then(|evidence| evidence.ended);
            let value = alert.evidence.as_ref().and_then(|evidence| evidence.value);
            writes
                .lock()
                .unwrap()
                .push(format!("{} {value:?} {ended:?}", alert.labels["alertname"]));
        }
        Ok(())
    });
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, recorder(|_, _| Ok(())).0),
    );
    for second in 0..70_i64 {
        let now = START + second * 10_000;
        let hot = if second < 40 { 35.0 } else { 20.0 };
        store
            .append(&Labels::new([("__name__", "t")]), now, hot)
            .unwrap();
        store
            .append(&Labels::new([("__name__", "h")]), now, 2.0)
            .unwrap();
        if second == 50 {
            evaluator.reload(rules(
                "alerts: [{name: Hot, condition: t > 30, summary: hot}]",
            ));
        }
        let changes = evaluator.evaluate_all(&mut store, now);
        running
            .notifications
            .observe(&evaluator.alerts(), &changes, |active| {
                asked
                    .lock()
                    .unwrap()
                    .push((second, active.alert().name().to_owned()));
                let mut evidence = llm_vitals_alert::notify::Evidence::default();
                evidence.value = Some(active.alert().value());
                Some(evidence)
            });
        seconds(10).await;
    }
    assert_eq!(take(&told), ["Hot", "Wet", "Hot!", "Wet!"]);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "Hot Some(35.0) None",
            "Wet Some(2.0) None",
            "Hot Some(35.0) Some(ConditionFalse)",
            "Wet Some(2.0) Some(RuleRemoved)"
        ]
    );
    // At the beginning, and every five minutes.
    let asked: Vec<String> = asked
        .lock()
        .unwrap()
        .iter()
        .map(|(at, name)| format!("{name} {at}"))
        .collect();
    assert_eq!(asked, ["Hot 0", "Wet 0", "Hot 30", "Wet 30"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_label_of_a_megabyte_is_told_cut_where_it_is_ours_and_refused_where_it_is_posted() {
    use llm_vitals_alert::{Evaluator, RuleFile, Rules};
    let file = "alerts: [{name: Hot, condition: t > 30, summary: '{{ $labels.room }} is hot'}]";
    let rules = Rules::new([RuleFile::parse("r.yml", file).unwrap()]).unwrap();
    let mut evaluator = Evaluator::new(rules).with_interval(Duration::from_secs(10));
    let mut store = llm_vitals_promql::Store::new();
    let room = "ü".repeat(1 << 19);
    let longest = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&longest);
    let (team, told) = recorder(move |_, notification| {
        for alert in &notification.alerts {
            let texts = alert.labels.values().chain(alert.annotations.values());
            let length = texts.map(String::len).max().unwrap_or_default();
            let mut seen = seen.lock().unwrap();
            *seen = length.max(*seen);
        }
        Ok(())
    });
    let running = Running::start(
        Notifications::builder(two())
            .with_notifier("team", 0, team)
            .with_notifier("others", 0, recorder(|_, _| Ok(())).0),
    );
    let long = PostedAlert::new(Labels::new([("alertname", "Long"), ("room", &room)]));
    let refused = running.notifications.put([long, alert("Short")]);
    let refused: Vec<RefusalReason> = refused.iter().map(|refusal| refusal.reason()).collect();
    assert_eq!(refused, [RefusalReason::TooLarge]);
    for step in 0..6_i64 {
        let now = START + step * 10_000;
        let hot = if step < 3 { 35.0 } else { 20.0 };
        let series = Labels::new([("__name__", "t"), ("room", &room)]);
        store.append(&series, now, hot).unwrap();
        let changes = evaluator.evaluate_all(&mut store, now);
        let alerts = evaluator.alerts();
        running.notifications.observe(&alerts, &changes, |_| None);
        seconds(10).await;
    }
    assert_eq!(take(&told), ["Short", "Hot", "Hot!"]);
    // 4096 less one that would be half a character.
    assert_eq!(*longest.lock().unwrap(), 4095);
    running.stop().await;
}
