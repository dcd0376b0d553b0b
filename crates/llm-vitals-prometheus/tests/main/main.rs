//! What a scrape shows.
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod real;
mod text;
