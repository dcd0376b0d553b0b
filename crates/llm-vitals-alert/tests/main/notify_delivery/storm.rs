//! More groups than a receiver can be told of, in real time.

use super::*;

/// One message takes so long; a lane sends 50 a second.
const EACH: Duration = Duration::from_millis(5);
const GROUPS: usize = 10_000;

struct Working(Told);

#[async_trait]
impl Notifier for Working {
    fn integration(&self) -> &'static str {
        "webhook"
    }

    async fn notify(
        &self,
        notification: &Notification,
        _previous: Option<&Receipt>,
    ) -> Result<Receipt, NotifyError> {
        tokio::time::sleep(EACH).await;
        let name = notification.alerts[0].labels["alertname"].clone();
        self.0.lock().unwrap().push((0.0, name));
        Ok(Receipt::default())
    }

    async fn check(&self) -> Result<(), NotifyError> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_works_is_told_all_it_can_take_while_thousands_of_groups_are_due() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(
        "
route: {receiver: team, group_by: [alertname], group_wait: 1s, group_interval: 3s, repeat_interval: 1h}
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:1/', send_resolved: true}]
",
    );
    let told = Told::default();
    let (notifications, runner) = Notifications::builder(config)
        .with_state_file(folder.path().join("notify.json"))
        .unwrap()
        .with_notifier("team", 0, Box::new(Working(Arc::clone(&told))))
        .with_drain_time(Duration::ZERO)
        .build()
        .unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let runner = tokio::spawn(runner.run(async {
        let _ = stopped.await;
    }));
    let alerts = (0..GROUPS).map(|number| alert(&format!("A{number:05}")));
    assert_eq!(notifications.put(alerts), []);
    let mut counts = Vec::new();
    for _ in 0..8 {
        seconds(1).await;
        counts.push(told.lock().unwrap().len());
    }
    eprintln!("told after each second: {counts:?}");
    // Tests are built without optimization, and run beside each other.
    assert!(counts[7] - counts[3] >= 100, "{counts:?}");
    let mut names = take(&told);
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "nobody is told twice");
    stop.send(()).unwrap();
    runner.await.unwrap();
}
