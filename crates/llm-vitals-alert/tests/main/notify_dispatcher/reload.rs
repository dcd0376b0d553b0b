//! Another configuration.

use super::*;

#[test]
fn what_was_told_is_not_told_again_and_new_routes_count() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START), fires("B;team=x", START)], START);
    run(&mut dispatcher, START + MINUTE);
    let routes = "\n  routes:\n  - {receiver: x, matchers: ['team=x']}";
    let text = "
route:
  receiver: team
  group_by: [alertname]ROUTES
receivers:
- name: team
  webhook_configs: [{url: 'http://127.0.0.1:9/'}]
- name: x
  webhook_configs: [{url: 'http://127.0.0.1:9/'}]
";
    dispatcher.reload(parse(&text.replace("ROUTES", routes)), START + 2 * MINUTE);
    let told = run(&mut dispatcher, START + 3 * MINUTE);
    assert_eq!(told, ["120 First [B x]"]);
    let keys: Vec<String> = dispatcher
        .groups(START + 3 * MINUTE)
        .into_iter()
        .map(|group| format!("{} {}", group.receiver, group.key))
        .collect();
    assert_eq!(
        keys,
        [
            "team {}:{alertname=\"A\"}",
            "x {}/{team=\"x\"}:{alertname=\"B\"}"
        ]
    );
}

#[test]
fn an_end_that_waits_is_told_after_a_reload_and_one_that_was_told_is_not() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START), fires("B", START)], START);
    run(&mut dispatcher, START + MINUTE);
    dispatcher.put([ended("A", START, START + MINUTE)], START + MINUTE);
    run(&mut dispatcher, START + 6 * MINUTE);
    let end = START + 6 * MINUTE;
    dispatcher.put([ended("B", START, end)], end);
    dispatcher.reload(parse(CONFIG), end + SECOND);
    assert_eq!(
        run(&mut dispatcher, START + 60 * MINUTE),
        ["361 AllResolved [b]"]
    );
}

#[test]
fn what_was_on_its_way_is_settled_after_a_reload() {
    let mut dispatcher = dispatcher();
    dispatcher.put([fires("A", START)], START);
    let first = dispatcher.tick(START + 30 * SECOND);
    dispatcher.reload(parse(CONFIG), START + 40 * SECOND);
    dispatcher.failed(&first[0], START + 41 * SECOND);
    assert_eq!(run(&mut dispatcher, START + MINUTE), ["41 First [A]"]);
}
