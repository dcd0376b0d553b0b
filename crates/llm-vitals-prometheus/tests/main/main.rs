//! What a scrape shows.

mod real;
mod text;
