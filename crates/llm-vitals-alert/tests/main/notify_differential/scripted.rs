//! Scenarios that are there for one rule each.
//!
//! Groups wait 500 ms and are due every second. Alerts are posted at full seconds and end there, so groups are due at half ones. An alert
//! that is older than `group_wait` makes its group due at once: it is posted at a quarter.

use super::scenario::{Scenario, Step};

/// A configuration with the receivers `a` to `d`. `b` has two ways to tell, and the second does not want to know of ends; nor does `c`.
fn config(route: &str, rest: &str) -> String {
    format!(
        "
global: {{resolve_timeout: 1750ms}}
route:
  receiver: a
  group_wait: 500ms
  group_interval: 1s
  repeat_interval: 2500ms
{route}
receivers:
- name: a
  webhook_configs: [{{url: URL/a/0}}]
- name: b
  webhook_configs: [{{url: URL/b/0}}, {{url: URL/b/1, send_resolved: false}}]
- name: c
  webhook_configs: [{{url: URL/c/0, send_resolved: false}}]
- name: d
  webhook_configs: [{{url: URL/d/0}}]
- name: nobody
{rest}
"
    )
}

const BY_NAME: &str = "  group_by: [alertname]";
const TIMES: &str = "
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]
- name: never
  time_intervals: [{years: ['2000']}]
";

fn inhibit(rule: &str) -> String {
    format!("inhibit_rules:\n- {rule}\n")
}

/// A silence of this alert.
const A: [(&str, &str, &str); 1] = [("alertname", "=", "A")];

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut all = grouping();
    all.extend(routing());
    all.extend(inhibition());
    all.extend(silences());
    all.extend(time());
    all.extend(failures());
    all.extend(restarts());
    all
}

fn simple(name: &str) -> Scenario {
    Scenario::new(name, config(BY_NAME, ""))
}

fn routed(name: &str, route: &str) -> Scenario {
    Scenario::new(name, config(route, ""))
}

fn grouping() -> Vec<Scenario> {
    let many: Vec<String> = (0..100).map(|n| format!("alertname=A;n={n}")).collect();
    let many: Vec<&str> = many.iter().map(|text| &**text).collect();
    vec![
        simple("first message and repeats")
            .fire(0, &["alertname=A"])
            .until(8_000),
        simple("resolved")
            .fire(0, &["alertname=A"])
            .resolve(2_000, 0, &["alertname=A"])
            .until(6_000),
        simple("a new alert joins, and one ends")
            .fire(0, &["alertname=A;n=1"])
            .fire(1_000, &["alertname=A;n=2"])
            .resolve(3_000, 0, &["alertname=A;n=1"])
            .until(8_000),
        simple("begins and ends before it is due")
            .fire(0, &["alertname=A"])
            .resolve(250, 0, &["alertname=A"])
            .until(3_000),
        simple("begins and ends while another one fires")
            .fire(0, &["alertname=A;n=1"])
            .fire(1_000, &["alertname=A;n=2"])
            .resolve(1_250, 1_000, &["alertname=A;n=2"])
            .until(5_000),
        simple("ends and fires again before it is told")
            .fire(0, &["alertname=A"])
            .resolve(2_000, 0, &["alertname=A"])
            .fire(2_250, &["alertname=A"])
            .until(6_000),
        simple("ends and fires again after it is told")
            .fire(0, &["alertname=A"])
            .resolve(2_000, 0, &["alertname=A"])
            .fire(3_000, &["alertname=A"])
            .resolve(5_000, 3_000, &["alertname=A"])
            .until(8_000),
        simple("a group for each name")
            .fire(0, &["alertname=A", "alertname=B"])
            .fire(1_000, &["alertname=C"])
            .until(4_000),
        routed("by all labels", "  group_by: ['...']")
            .fire(0, &["alertname=A;n=1", "alertname=A;n=2"])
            .resolve(2_000, 0, &["alertname=A;n=1"])
            .until(5_000),
        routed("by no label", "")
            .fire(0, &["alertname=A", "alertname=B;n=2"])
            .resolve(2_000, 0, &["alertname=A"])
            .until(5_000),
        routed(
            "by a label that some do not have",
            "  group_by: [alertname, zone]",
        )
        .fire(0, &["alertname=A;zone=x", "alertname=A", "alertname=A;n=1"])
        .until(3_000),
        simple("an old alert is told at once")
            .fire_since(250, -5_000, &["alertname=A"])
            .until(4_000),
        simple("an old alert makes its waiting group due")
            .fire(0, &["alertname=A;n=1"])
            .fire_since(250, -5_000, &["alertname=A;n=2"])
            .until(4_000),
        simple("an old alert waits with a group that was told")
            .fire(0, &["alertname=A;n=1"])
            .fire_since(1_000, -5_000, &["alertname=A;n=2"])
            .until(4_000),
        simple("the order of alerts")
            .fire(
                0,
                &[
                    "alertname=A;z=1",
                    "alertname=A;b=2",
                    "alertname=A;b=1;c=1",
                    "alertname=A;instance=x;q=9",
                    "alertname=A;job=y;a=1",
                    "alertname=A;job=y;instance=b",
                    "alertname=A;job=x;zz=1;y=1",
                    "alertname=A",
                    "alertname=A;a=2",
                    "alertname=A;instance=a;job=y",
                ],
            )
            .resolve(2_000, 0, &["alertname=A;b=2"])
            .until(4_000),
        simple("a hundred alerts")
            .fire(0, &many)
            .resolve(2_000, 0, &many[..50])
            .resolve(4_000, 0, &many[50..])
            .until(6_000),
        simple("labels that need quotes")
            .fire(
                0,
                &[
                    "alertname=say \"x\\y\"\n\t\u{e9} \u{4e2d}\u{1f600}\u{7f}",
                    "alertname=A;empty=",
                ],
            )
            .step(1_000, Step::Look)
            .until(3_000),
        simple("texts that change")
            .post_text(0, "one")
            .post_text(1_000, "two")
            .post_text(4_000, "three")
            .until(6_000),
    ]
}

impl Scenario {
    fn post_text(self, at: i64, text: &'static str) -> Self {
        let mut this = self.fire_since(at, 0, &["alertname=A"]);
        if let Some((_, Step::Post(alerts))) = this.steps.last_mut() {
            alerts[0].annotation = text;
        }
        this
    }
}

fn routing() -> Vec<Scenario> {
    let both = |scenario: Scenario| {
        scenario
            .fire(
                0,
                &["alertname=A;team=x", "alertname=B;team=y", "alertname=C"],
            )
            .step(1_000, Step::Look)
            .resolve(2_000, 0, &["alertname=A;team=x"])
            .until(5_000)
    };
    vec![
        both(routed(
            "the first route that matches",
            "
  routes:
  - {receiver: b, matchers: ['team=x'], group_by: [alertname]}
  - {receiver: c, matchers: ['team=~\"x|y\"']}",
        )),
        both(routed(
            "continue",
            "
  routes:
  - {receiver: b, matchers: ['team=x'], continue: true}
  - {receiver: c, matchers: ['team=~\".+\"'], continue: true}
  - {receiver: d, matchers: ['team!=y']}",
        )),
        both(routed(
            "routes in routes",
            "
  routes:
  - receiver: d
    matchers: ['team=~\"x|y\"']
    group_by: [team]
    repeat_interval: 1500ms
    routes:
    - {matchers: ['team=y'], receiver: c}
    - {matchers: ['team=\"x\"', 'alertname!~\"B.*\"'], group_wait: 750ms, group_interval: 2s}",
        )),
        both(routed(
            "two routes with the same key and receiver",
            "
  routes:
  - {receiver: d, matchers: ['team=x'], continue: true, group_by: [alertname]}
  - {receiver: d, matchers: ['team=x'], group_by: [alertname], group_wait: 750ms}",
        )),
        both(routed(
            "a receiver that tells nobody",
            "
  routes:
  - {receiver: nobody, matchers: ['team=x']}",
        )),
        both(
            routed(
                "repeats more often than it is due",
                "
  repeat_interval: 300ms
  group_interval: 2s",
            )
            .without_double(),
        ),
        routed(
            "two ways to tell, one without ends",
            "  receiver: b\n  group_by: [alertname]",
        )
        .without_double()
        .fire(0, &["alertname=A;n=1", "alertname=A;n=2"])
        .resolve(2_000, 0, &["alertname=A;n=1"])
        .resolve(6_000, 0, &["alertname=A;n=2"])
        .fire(8_000, &["alertname=A;n=1"])
        .until(10_000),
        routed(
            "without ends",
            "
  routes:
  - {receiver: c, matchers: ['alertname=A'], group_by: [alertname]}",
        )
        .fire(0, &["alertname=A"])
        .resolve(2_000, 0, &["alertname=A"])
        .fire(4_000, &["alertname=A"])
        .until(6_000),
    ]
}

impl Scenario {
    /// A field that the test says is in the configuration's default part too: the first one goes.
    fn without_double(mut self) -> Self {
        for field in ["receiver: ", "repeat_interval: ", "group_interval: "] {
            let lines: Vec<&str> = self.config.lines().collect();
            let is_field = |line: &&&str| line.starts_with(&format!("  {field}"));
            if lines.iter().filter(is_field).count() > 1 {
                let first = lines.iter().position(|line| is_field(&line)).unwrap();
                let kept = lines
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| *index != first);
                let kept: Vec<&str> = kept.map(|(_, line)| *line).collect();
                self.config = kept.join("\n");
            }
        }
        self
    }
}

fn inhibition() -> Vec<Scenario> {
    let ruled = |name: &str, rule: &str| Scenario::new(name, config(BY_NAME, &inhibit(rule)));
    let simple =
        "{source_matchers: ['alertname=S'], target_matchers: ['alertname=T'], equal: [zone]}";
    vec![
        ruled("a source inhibits until it ends", simple)
            .fire(
                0,
                &[
                    "alertname=S;zone=x",
                    "alertname=T;zone=x",
                    "alertname=T;zone=y",
                ],
            )
            .step(1_000, Step::Look)
            .resolve(3_000, 0, &["alertname=S;zone=x"])
            .until(6_000),
        ruled("a label that is not there is equal to none", simple)
            .fire(0, &["alertname=S", "alertname=T;n=1", "alertname=T;zone=x"])
            .step(1_000, Step::Look)
            .until(4_000),
        ruled("inhibited after it was told", simple)
            .fire(0, &["alertname=T;zone=x"])
            .fire(1_000, &["alertname=S;zone=x"])
            .resolve(6_000, 1_000, &["alertname=S;zone=x"])
            .until(9_000),
        ruled("ends while it is inhibited", simple)
            .fire(0, &["alertname=T;zone=x"])
            .fire(1_000, &["alertname=S;zone=x"])
            .resolve(3_000, 0, &["alertname=T;zone=x"])
            .resolve(5_000, 1_000, &["alertname=S;zone=x"])
            .until(8_000),
        ruled(
            "what matches both sides does not inhibit itself",
            "{source_matchers: ['zone=x'], target_matchers: ['alertname=~\"S|T\"']}",
        )
        .fire(
            0,
            &[
                "alertname=S;zone=x",
                "alertname=T;zone=x",
                "alertname=T;zone=y",
            ],
        )
        .step(1_000, Step::Look)
        .until(4_000),
        Scenario::new(
            "two rules",
            config(
                BY_NAME,
                "inhibit_rules:
- {source_match: {alertname: S}, target_match_re: {alertname: 'T|U'}, equal: [zone, rack]}
- {source_matchers: ['severity=page'], target_matchers: ['severity!=page'], equal: [alertname]}
",
            ),
        )
        .fire(
            0,
            &[
                "alertname=S;zone=x",
                "alertname=T;zone=x;rack=1",
                "alertname=U;zone=x",
            ],
        )
        .fire(
            1_000,
            &[
                "alertname=V;severity=page",
                "alertname=V;severity=low",
                "alertname=W;severity=low",
            ],
        )
        .step(2_000, Step::Look)
        .resolve(3_000, 1_000, &["alertname=V;severity=page"])
        .until(6_000),
        ruled("a silenced source inhibits", simple)
            .silence(0, "s", &[("alertname", "=", "S")], 0, 60_000)
            .fire(1_000, &["alertname=S;zone=x", "alertname=T;zone=x"])
            .step(2_000, Step::Look)
            .until(4_000),
    ]
}

fn silences() -> Vec<Scenario> {
    vec![
        simple("silenced from the beginning")
            .silence(0, "s", &A, 0, 3_000)
            .fire(0, &["alertname=A;n=1", "alertname=B"])
            .step(1_000, Step::Look)
            .until(6_000),
        simple("silenced after it was told")
            .fire(0, &["alertname=A"])
            .silence(1_000, "s", &A, 1_000, 6_000)
            .until(9_000),
        simple("ends under a silence")
            .fire(0, &["alertname=A"])
            .silence(1_000, "s", &A, 1_000, 4_000)
            .resolve(2_000, 0, &["alertname=A"])
            .fire(5_000, &["alertname=A"])
            .until(8_000),
        simple("a silence is ended by hand")
            .silence(0, "s", &A, 0, 60_000)
            .fire(0, &["alertname=A"])
            .step(3_000, Step::Expire("s"))
            .step(4_000, Step::Look)
            .until(6_000),
        simple("a silence that begins later")
            .silence(0, "s", &A, 2_000, 5_000)
            .fire(0, &["alertname=A;n=1"])
            .fire(3_000, &["alertname=A;n=2"])
            .step(3_000, Step::Look)
            .until(8_000),
        simple("a silence that begins later is ended by hand")
            .silence(0, "s", &A, 2_000, 60_000)
            .step(1_000, Step::Expire("s"))
            .fire(1_000, &["alertname=A"])
            .until(4_000),
        simple("other matchers make another silence")
            .silence(0, "s", &A, 0, 60_000)
            .fire(1_000, &["alertname=A", "alertname=B"])
            .silence(3_000, "s", &[("alertname", "=", "B")], 3_000, 60_000)
            .step(4_000, Step::Look)
            .until(6_000),
        simple("a silence that lasts longer")
            .silence(0, "s", &A, 1_000, 2_000)
            .silence(250, "s", &A, 1_000, 4_000)
            .fire(1_000, &["alertname=A"])
            .until(6_000),
        simple("a part of a group is silenced")
            .silence(
                0,
                "s",
                &[
                    ("alertname", "=~", "A|C"),
                    ("n", "!~", "2.*"),
                    ("zone", "!=", "x"),
                ],
                0,
                4_000,
            )
            .fire(
                0,
                &[
                    "alertname=A;n=1",
                    "alertname=A;n=20",
                    "alertname=A;zone=x",
                    "alertname=A",
                ],
            )
            .step(1_000, Step::Look)
            .resolve(2_000, 0, &["alertname=A;n=1", "alertname=A;n=20"])
            .until(6_000),
    ]
}

fn time() -> Vec<Scenario> {
    let timed = |name: &str, route: &str| Scenario::new(name, config(route, TIMES));
    let route = |intervals: &str| {
        format!("  routes:\n  - {{receiver: d, matchers: ['alertname=A'], {intervals}}}")
    };
    let both = |scenario: Scenario| {
        scenario
            .fire(0, &["alertname=A", "alertname=B"])
            .resolve(2_000, 0, &["alertname=A"])
            .fire(4_000, &["alertname=A"])
            .until(6_000)
    };
    let unbounded =
        |at, alerts: &[&str], scenario: Scenario| scenario.post(at, alerts, Some(0), None);
    vec![
        both(timed(
            "muted",
            &route("mute_time_intervals: [never, always]"),
        )),
        both(timed(
            "muted at another time",
            &route("mute_time_intervals: [never]"),
        )),
        both(timed(
            "active at another time",
            &route("active_time_intervals: [never]"),
        )),
        both(timed(
            "active",
            &route("active_time_intervals: [never, always]"),
        )),
        both(timed(
            "active and muted",
            &route("active_time_intervals: [always], mute_time_intervals: [always]"),
        )),
        unbounded(0, &["alertname=A"], simple("nobody posts it again")).until(5_000),
        unbounded(
            2_000,
            &["alertname=A"],
            unbounded(
                1_000,
                &["alertname=A"],
                unbounded(0, &["alertname=A"], simple("posted again and again")),
            ),
        )
        .until(7_000),
        simple("an end that lies ahead")
            .post(0, &["alertname=A"], Some(0), Some(2_000))
            .until(5_000),
        simple("a later end rules, and an earlier beginning")
            .post(0, &["alertname=A"], Some(0), Some(3_000))
            .post(1_000, &["alertname=A"], Some(1_000), Some(2_000))
            .until(6_000),
        simple("an end without a beginning")
            .post(0, &["alertname=A"], None, Some(2_000))
            .post(1_000, &["alertname=A;n=2"], None, None)
            .until(5_000),
    ]
}

fn failures() -> Vec<Scenario> {
    vec![
        simple("refused at first")
            .step(0, Step::Break("a/0", true))
            .fire(0, &["alertname=A"])
            .step(2_000, Step::Break("a/0", false))
            .until(6_000),
        simple("the end is refused at first")
            .fire(0, &["alertname=A;n=1", "alertname=A;n=2"])
            .step(1_000, Step::Break("a/0", true))
            .resolve(1_000, 0, &["alertname=A;n=1"])
            .resolve(3_000, 0, &["alertname=A;n=2"])
            .step(4_000, Step::Break("a/0", false))
            .until(7_000),
        simple("begins and ends while all is refused")
            .step(0, Step::Break("a/0", true))
            .fire(0, &["alertname=A"])
            .resolve(2_000, 0, &["alertname=A"])
            .step(3_000, Step::Break("a/0", false))
            .fire(5_000, &["alertname=A"])
            .until(8_000),
        routed(
            "one of two ways is refused",
            "  receiver: b\n  group_by: [alertname]",
        )
        .without_double()
        .fire(0, &["alertname=A;n=1", "alertname=A;n=2"])
        .step(1_000, Step::Break("b/0", true))
        .resolve(1_000, 0, &["alertname=A;n=1"])
        .step(4_000, Step::Break("b/0", false))
        .resolve(5_000, 0, &["alertname=A;n=2"])
        .until(8_000),
    ]
}

fn restarts() -> Vec<Scenario> {
    vec![
        simple("what was told is not told again after a restart")
            .fire(0, &["alertname=A"])
            .step(1_000, Step::Restart)
            .fire_since(4_250, 0, &["alertname=A"])
            .fire(6_000, &["alertname=A;n=2"])
            .until(9_000),
        Scenario::new(
            "a repeat after a restart waits as long as before",
            config(BY_NAME, "").replace("2500ms", "5700ms"),
        )
        .fire(0, &["alertname=A"])
        .step(1_000, Step::Restart)
        .fire_since(4_250, 0, &["alertname=A"])
        .until(8_000),
        simple("an end during a restart is told")
            .fire(0, &["alertname=A"])
            .step(1_000, Step::Restart)
            .resolve(4_250, 0, &["alertname=A"])
            .until(7_000),
        simple("a silence lives on")
            .silence(0, "s", &A, 0, 6_000)
            .silence(0, "t", &[("alertname", "=", "B")], 0, 60_000)
            .step(500, Step::Expire("t"))
            .fire(0, &["alertname=A"])
            .step(1_000, Step::Restart)
            .fire_since(4_250, 0, &["alertname=A", "alertname=B"])
            .step(5_000, Step::Look)
            .until(9_000),
    ]
}
