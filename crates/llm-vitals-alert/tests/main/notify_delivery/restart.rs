//! The state file: what waits, and who was told what, over a restart.

use std::path::Path;

use super::*;

#[tokio::test(start_paused = true)]
async fn what_waits_outlives_a_restart_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let builder = |team| builder(&path, team, recorder(|_, _| Ok(())).0);
    let (team, told) = recorder(down(0.0, 1e9));
    let running = Running::start(builder(team));
    running.notifications.put([alert("A"), alert("B")]);
    seconds(10).await;
    running.stop().await;
    assert_eq!(take(&told), Vec::<String>::new());

    let (team, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(team));
    seconds(100).await;
    assert_eq!(take(&told), ["A", "B"]);
    // Both are known to be told: the same alerts again are nothing new, and their end is.
    running.notifications.put([alert("A"), alert("B")]);
    seconds(60).await;
    assert_eq!(take(&told), Vec::<String>::new());
    let mut end = alert("A");
    end.ends_at = Some(START + 1);
    running.notifications.put([end]);
    seconds(60).await;
    assert_eq!(take(&told), ["A!"]);
    running.stop().await;
    let saved = std::fs::read_to_string(&path).unwrap();
    assert!(saved.contains("\"lanes\":[]"), "{saved}");
}

#[tokio::test(start_paused = true)]
async fn a_crash_between_two_saves_sends_twice_at_most_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let builder = |team| builder(&path, team, recorder(|_, _| Ok(())).0);
    let (team, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(team));
    running.notifications.put([alert("A")]);
    while told.lock().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    // Before anything of it is saved.
    running.runner.abort();
    assert!(running.runner.await.unwrap_err().is_cancelled());
    assert_eq!(take(&told), ["A"]);

    let (team, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(team));
    running.notifications.put([alert("A")]);
    seconds(60).await;
    assert_eq!(take(&told), ["A"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_state_that_cannot_be_saved_is_counted_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gone").join("notify.json");
    let (team, told) = recorder(|_, _| Ok(()));
    let builder = Notifications::builder(two())
        .with_state_file(&path)
        .unwrap();
    let running = Running::start(builder.with_notifier("team", 0, team).with_notifier(
        "others",
        0,
        recorder(|_, _| Ok(())).0,
    ));
    running.notifications.put([alert("A")]);
    // The thread that saves does not wait for the paused clock.
    for _ in 0..30 {
        seconds(1).await;
        tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(5)))
            .await
            .unwrap();
    }
    assert_eq!(take(&told), ["A"]);
    let mut metrics = String::new();
    running.notifications.render(&mut metrics);
    let failures = metrics
        .lines()
        .find_map(|line| line.strip_prefix("alert_notify_state_save_failures_total "));
    let failures: u64 = failures.unwrap().parse().unwrap();
    assert!((2..=4).contains(&failures), "{failures}");
    // The folder is there again.
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    running.stop().await;
    assert!(path.exists());
}

#[test]
fn a_state_that_cannot_be_read_is_an_error_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    for (text, expected) in [
        ("{", "the state is damaged: "),
        (
            r#"{"version":9,"dispatcher":{},"lanes":[]}"#,
            "the state has version 9, expected 1",
        ),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Notifications::builder(two())
            .with_state_file(&path)
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_state_that_is_damaged_is_set_aside_with_all_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let set_aside = || NotificationsBuilder::set_aside_damaged(&path).unwrap();
    assert!(set_aside().is_none(), "there is no file");
    for (text, expected) in [
        ("{\"version\":1,\"dispatcher\":{\"alerts\":[{", "damaged"),
        ("{\"version\":9,\"lanes\":1}", "has version 9, expected 1"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = set_aside().unwrap().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!path.exists());
        let aside = folder.path().join("notify.json.damaged");
        assert_eq!(std::fs::read_to_string(aside).unwrap(), text);
        assert!(Notifications::builder(two()).with_state_file(&path).is_ok());
    }
    let whole = "{\"version\":1,\"dispatcher\":{},\"lanes\":[]}";
    std::fs::write(&path, whole).unwrap();
    assert!(set_aside().is_none());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
    // What cannot be read is not known to be damaged.
    assert!(NotificationsBuilder::set_aside_damaged(folder.path()).is_err());
}

#[tokio::test(start_paused = true)]
async fn one_that_wants_to_hear_it_again_does_while_it_fires_and_after_a_restart() {
    struct Cluster(Told, tokio::time::Instant);
    #[async_trait]
    impl Notifier for Cluster {
        fn integration(&self) -> &'static str {
            "alertmanager"
        }
        async fn notify(
            &self,
            notification: &Notification,
            _: Option<&Receipt>,
        ) -> Result<Receipt, NotifyError> {
            let alert = &notification.alerts[0];
            let end = if alert.ends_at.is_some() { "!" } else { "" };
            let text = format!(
                "{}{end} {:?}",
                alert.labels["alertname"], notification.reason
            );
            self.0
                .lock()
                .unwrap()
                .push((self.1.elapsed().as_secs_f64(), text));
            Ok(Receipt::default())
        }
        async fn check(&self) -> Result<(), NotifyError> {
            Ok(())
        }
        fn resend_every(&self) -> Option<Duration> {
            Some(Duration::from_secs(60))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let told = Told::default();
    let builder = || {
        let cluster = Cluster(Arc::clone(&told), tokio::time::Instant::now());
        let builder = Notifications::builder(two())
            .with_state_file(&path)
            .unwrap();
        builder
            .with_notifier("team", 0, Box::new(cluster))
            .with_notifier("others", 0, recorder(|_, _| Ok(())).0)
    };
    let running = Running::start(builder());
    running.notifications.put([alert("A")]);
    seconds(150).await;
    assert_eq!(take(&told), ["A First", "A Repeat", "A Repeat"]);
    running.stop().await;
    let running = Running::start(builder());
    running.notifications.put([alert("A")]);
    seconds(30).await;
    assert_eq!(take(&told), ["A Repeat"]);
    let mut end = alert("A");
    // The clock of this start begins anew.
    end.ends_at = Some(START + 20_000);
    running.notifications.put([end]);
    seconds(300).await;
    assert_eq!(take(&told), ["A! AllResolved"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_end_follows_what_was_told_whatever_fails_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    // Told, then down over the end and the restart.
    let (team, told) = recorder(down(5.0, 1e9));
    let running = Running::start(builder(&path, team, recorder(|_, _| Ok(())).0));
    running.notifications.put([alert("A")]);
    seconds(5).await;
    assert_eq!(take(&told), ["A"]);
    // B begins and ends while nobody can be told.
    running.notifications.put([alert("B"), over("A", 5)]);
    seconds(20).await;
    running.notifications.put([over("B", 25)]);
    seconds(20).await;
    running.stop().await;
    assert_eq!(take(&told), Vec::<String>::new());

    let (team, told) = recorder(down(0.0, 60.0));
    let running = Running::start(builder(&path, team, recorder(|_, _| Ok(())).0));
    seconds(300).await;
    let mut told = take(&told);
    told.sort();
    assert_eq!(told, ["A!", "B", "B!"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_alarm_past_the_tree_goes_on_over_a_restart_and_its_end_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let (team, _) = recorder(down(0.0, 1e9));
    let (others, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(&path, team, others));
    running.notifications.put([alert("A")]);
    seconds(400).await;
    running.stop().await;
    assert_eq!(take(&told), ["NotificationFailing"]);

    // The clock of this start begins anew: the state is from the future.
    let (team, team_told) = recorder(down(0.0, 500.0));
    let (others, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(&path, team, others));
    seconds(490).await;
    assert_eq!(take(&told), Vec::<String>::new());
    let status = running.notifications.receivers().swap_remove(0);
    assert_eq!(status.state, LaneState::Failing);
    assert_eq!(status.last_error.as_deref(), Some("connection refused"));
    seconds(80).await;
    // By then nobody has posted A for longer than `resolve_timeout`.
    assert_eq!(take(&team_told), ["A", "A!"]);
    assert_eq!(take(&told), ["NotificationFailing!"]);
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_alarm_about_what_was_given_up_is_over_with_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify.json");
    let (team, _) = recorder(|_, _| Err(NotifyError::permanent("auth", "no")));
    let (others, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(&path, team, others));
    running.notifications.put([alert("A")]);
    seconds(30).await;
    running.stop().await;
    assert_eq!(take(&told), ["NotificationFailing"]);

    // Somebody has mended it.
    let (others, told) = recorder(|_, _| Ok(()));
    let running = Running::start(builder(&path, recorder(|_, _| Ok(())).0, others));
    seconds(30).await;
    assert_eq!(take(&told), ["NotificationFailing!"]);
    running.stop().await;
}

/// `team`, which all goes to, and `others`, with a state file.
fn builder(
    path: &Path,
    team: Box<dyn Notifier>,
    others: Box<dyn Notifier>,
) -> NotificationsBuilder {
    let builder = Notifications::builder(two()).with_state_file(path);
    builder
        .unwrap()
        .with_notifier("team", 0, team)
        .with_notifier("others", 0, others)
}

fn over(name: &str, second: i64) -> PostedAlert {
    let mut over = alert(name);
    over.ends_at = Some(START + second * 1000);
    over
}
