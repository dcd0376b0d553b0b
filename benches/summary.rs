//! Prints the tables of the benchmarks that ran before it.

fn main() {
    if llm_vitals_benches::measures() {
        llm_vitals_benches::print_summary();
    }
}
