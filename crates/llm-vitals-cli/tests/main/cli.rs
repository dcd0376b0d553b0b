//! Help, options and exit codes.

use crate::support::run;

#[test]
fn help_goes_to_standard_output_and_is_no_error() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (0, ""));
    for command in [
        "query", "explain", "check", "test", "route", "export", "schema",
    ] {
        assert!(
            help.out.contains(&format!("\n  {command} ")),
            "{}",
            help.out
        );
        let own = run(&[command, "--help"]);
        assert_eq!((own.code, own.err.as_str()), (0, ""));
        assert!(
            own.out.contains("\nExamples:\n  llm-vitals "),
            "{}",
            own.out
        );
        assert_eq!(own.out, run(&["help", command]).out);
    }
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    let wrong = run(&["querry"]);
    assert_eq!(wrong.code, 2);
    assert_eq!(
        wrong.err,
        "llm-vitals: there is no command \"querry\"; did you mean query?\nsee: llm-vitals --help\n"
    );
    assert_eq!(run(&[]).code, 2);
    assert_eq!(run(&["query"]).code, 2);
    assert_eq!(run(&["query", "x"]).code, 2);
    assert_eq!(
        run(&["query", "x", "--file", "a", "--format", "xml"]).code,
        2
    );
    assert_eq!(run(&["query", "x", "--fle", "a"]).code, 2);
}
