//! What must hold whatever happens: nobody is left untold, every beginning has its end, and nothing is told twice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use llm_vitals_alert::notify::{Dispatcher, DispatcherState, Notification, NotifiedAlert, Receipt};
use proptest::prelude::*;

use crate::notify_dispatcher::{MINUTE, SECOND, START, ended, fires, labels, parse};

const CONFIG: &str = "
route: {receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h}
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:9/'}]
";
const REPEAT: i64 = 60 * MINUTE;
const ALERTS: [&str; 5] = ["A;n=1", "A;n=2", "A;n=3", "B;n=1", "C"];

#[derive(Debug, Clone)]
enum Event {
    Fire(usize),
    End(usize),
    /// So many messages that wait are delivered, in their order.
    Deliver(usize),
    /// The oldest message that waits fails for good.
    Fail,
    /// The queue merges the two newest messages of one group: the newer one, with what only the older one has.
    Merge,
    /// The process restarts. Rules of this process post what fires again.
    Restart,
    Wait(i64),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let alert = 0..ALERTS.len();
    let event = prop_oneof![
        4 => alert.clone().prop_map(Event::Fire),
        4 => alert.prop_map(Event::End),
        4 => (1..4_usize).prop_map(Event::Deliver),
        2 => Just(Event::Fail),
        1 => Just(Event::Merge),
        1 => Just(Event::Restart),
        6 => (1..400_i64).prop_map(Event::Wait),
    ];
    prop::collection::vec(event, 1..60)
}

/// The world around a dispatcher: what fires, what waits to be delivered, and what the receiver knows.
struct World {
    dispatcher: Dispatcher,
    now: i64,
    firing: BTreeMap<usize, i64>,
    waiting: Vec<Notification>,
    /// By alert, whether the receiver takes it to be firing.
    known: HashMap<String, bool>,
    /// Alerts that fired when a message was delivered, by group: what and when.
    last: HashMap<String, (BTreeSet<String>, BTreeSet<String>, i64)>,
}

impl World {
    fn new() -> Self {
        Self {
            dispatcher: Dispatcher::new(parse(CONFIG)),
            now: START,
            firing: BTreeMap::new(),
            waiting: Vec::new(),
            known: HashMap::new(),
            last: HashMap::new(),
        }
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Fire(alert) => {
                let from = *self.firing.entry(*alert).or_insert(self.now);
                self.dispatcher.put([fires(ALERTS[*alert], from)], self.now);
            }
            Event::End(alert) => {
                if let Some(from) = self.firing.remove(alert) {
                    // A beginning and an end at one moment would be one alert that never was.
                    self.wait(1);
                    self.dispatcher
                        .put([ended(ALERTS[*alert], from, self.now)], self.now);
                }
            }
            Event::Deliver(count) => (0..*count).for_each(|_| self.deliver()),
            Event::Fail => {
                if !self.waiting.is_empty() {
                    let failed = self.waiting.remove(0);
                    self.dispatcher.failed(&failed, self.now);
                    // It was not told.
                    self.last.remove(&failed.key());
                }
            }
            Event::Merge => self.merge(),
            Event::Restart => self.restart(),
            Event::Wait(seconds) => self.wait(*seconds),
        }
    }

    fn wait(&mut self, seconds: i64) {
        let until = self.now + seconds * SECOND;
        while let Some(next) = self.dispatcher.next_tick().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            let told = self.dispatcher.tick(self.now);
            for notification in &told {
                self.check(notification);
            }
            self.waiting.extend(told);
        }
        self.now = until;
    }

    /// A message says something that the one before it for the same group did not, or comes after `repeat_interval`.
    fn check(&mut self, notification: &Notification) {
        let of = |is_over: bool| -> BTreeSet<String> {
            let alerts = notification.alerts.iter();
            let alerts = alerts.filter(|alert| alert.ends_at.is_some() == is_over);
            alerts
                .map(|alert| format!("{:?} {:?}", alert.labels, alert.ends_at))
                .collect()
        };
        let (firing, over) = (of(false), of(true));
        assert!(!notification.alerts.is_empty());
        let before = self.last.insert(
            notification.key(),
            (firing.clone(), over.clone(), notification.at),
        );
        if let Some((was_firing, was_over, at)) = before {
            let is_new = !firing.is_subset(&was_firing)
                || !over.is_subset(&was_over)
                || notification.at - at >= REPEAT;
            assert!(
                is_new,
                "told twice: {notification:?}, before {was_firing:?} {was_over:?}"
            );
        }
    }

    fn deliver(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let notification = self.waiting.remove(0);
        for alert in &notification.alerts {
            let is_firing = alert.ends_at.is_none();
            self.known.insert(format!("{:?}", alert.labels), is_firing);
        }
        self.dispatcher
            .delivered(&notification, Receipt::default(), self.now);
    }

    fn merge(&mut self) {
        let Some(newer) = self.waiting.last().cloned() else {
            return;
        };
        let older = self.waiting[..self.waiting.len() - 1].iter();
        let of_group = older
            .enumerate()
            .rev()
            .find(|(_, older)| older.key() == newer.key());
        let Some((index, older)) = of_group else {
            return;
        };
        if !older.is_firing() || !newer.is_firing() {
            return;
        }
        let is_missing = |alert: &&NotifiedAlert| {
            alert.ends_at.is_some() && newer.alerts.iter().all(|have| have.labels != alert.labels)
        };
        let missing: Vec<NotifiedAlert> = older.alerts.iter().filter(is_missing).cloned().collect();
        self.waiting.remove(index);
        if let Some(newest) = self.waiting.last_mut() {
            newest.alerts.extend(missing);
        }
    }

    fn restart(&mut self) {
        let json = serde_json::to_string(&self.dispatcher.state()).unwrap();
        let state: DispatcherState = serde_json::from_str(&json).unwrap();
        self.dispatcher = Dispatcher::new(parse(CONFIG));
        self.dispatcher.restore(state, self.now);
        let again = self
            .firing
            .iter()
            .map(|(alert, from)| fires(ALERTS[*alert], *from));
        self.dispatcher.put(again, self.now);
    }

    /// From now on all is delivered. In the end the receiver knows what is.
    fn settle(&mut self) {
        for _ in 0..40 {
            while !self.waiting.is_empty() {
                self.deliver();
            }
            self.wait(60);
        }
        for (index, text) in ALERTS.iter().enumerate() {
            let labels: BTreeMap<String, String> = labels(text)
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect();
            let known = self.known.get(&format!("{labels:?}")).copied();
            if self.firing.contains_key(&index) {
                assert_eq!(known, Some(true), "{text} fires, and nobody knows");
            } else {
                assert_ne!(known, Some(true), "{text} is over, and nobody knows");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: Some(Box::new(proptest::test_runner::FileFailurePersistence::WithSource("regressions"))), ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_left_untold_and_nothing_is_told_twice(events in events()) {
        let mut world = World::new();
        for event in &events {
            world.apply(event);
        }
        world.settle();
    }
}
