//! What a scrape shows.

mod text;
