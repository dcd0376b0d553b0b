//! Blocks of samples that no longer change, compressed.
//!
//! A block is 64 samples. Times are stored as distances, each as what it has over the shortest one, in as many bits as the largest
//! needs: none where samples come regularly. Values that are whole numbers, or have few decimals, are stored in the same way;
//! others as what differs from the value before.

use super::samples::Samples;

mod bits;
mod decimals;

use self::bits::{Reader, Writer};

/// How many samples a block has.
pub(super) const BLOCK: usize = 64;

#[derive(Debug)]
pub(super) struct Block {
    pub(super) start: i64,
    pub(super) end: i64,
    data: Box<[u8]>,
}

/// How the values of a block are stored.
const ALL_THE_SAME: u8 = 254;
const DIFFERING_BITS: u8 = 255;

impl Block {
    /// Compresses times and values, which are as many as [`BLOCK`] and rise in time.
    pub(super) fn new(times: &[i64], values: &[f64]) -> Self {
        let mut writer = Writer::default();
        let distances: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        writer.frame(&distances);
        let first = values[0].to_bits();
        if values.iter().all(|value| value.to_bits() == first) {
            writer.byte(ALL_THE_SAME);
            writer.word(first);
        } else if let Some((decimals, scaled)) = decimals::scale(values) {
            writer.byte(decimals);
            writer.varint(scaled[0]);
            let steps: Vec<i64> = scaled.windows(2).map(|pair| pair[1] - pair[0]).collect();
            writer.frame(&steps);
        } else {
            writer.byte(DIFFERING_BITS);
            writer.word(first);
            let pairs = values.windows(2);
            let differences: Vec<u64> = pairs
                .map(|pair| pair[0].to_bits() ^ pair[1].to_bits())
                .collect();
            writer.masked(&differences);
        }
        Self {
            start: times[0],
            end: times[times.len() - 1],
            data: writer.finish(),
        }
    }

    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.data.len()
    }

    /// Appends the samples from `start` to `end`, both included.
    pub(super) fn read(&self, start: i64, end: i64, out: &mut Samples) {
        let mut times = [0_i64; BLOCK];
        let mut values = [0.0_f64; BLOCK];
        self.decode(&mut times, &mut values);
        let from = times.partition_point(|time| *time < start);
        let to = times.partition_point(|time| *time <= end);
        if from < to {
            out.times.extend_from_slice(&times[from..to]);
            out.values.extend_from_slice(&values[from..to]);
        }
    }

    fn decode(&self, times: &mut [i64; BLOCK], values: &mut [f64; BLOCK]) {
        let mut reader = Reader::new(&self.data);
        let mut time = self.start;
        times[0] = time;
        reader.frame(BLOCK - 1, |at, distance| {
            time += distance;
            times[at + 1] = time;
        });
        match reader.byte() {
            ALL_THE_SAME => values.fill(f64::from_bits(reader.word())),
            DIFFERING_BITS => {
                let mut bits = reader.word();
                values[0] = f64::from_bits(bits);
                reader.masked(BLOCK - 1, |at, difference| {
                    bits ^= difference;
                    values[at + 1] = f64::from_bits(bits);
                });
            }
            // Mostly. A division by 1 would take as long as all the rest.
            0 => {
                let mut whole = reader.varint();
                values[0] = decimals::whole(whole);
                reader.frame(BLOCK - 1, |at, step| {
                    whole += step;
                    values[at + 1] = decimals::whole(whole);
                });
            }
            decimals => {
                let mut scaled = reader.varint();
                values[0] = decimals::unscale(scaled, decimals);
                reader.frame(BLOCK - 1, |at, step| {
                    scaled += step;
                    values[at + 1] = decimals::unscale(scaled, decimals);
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn round_trip(times: &[i64], values: &[f64]) -> usize {
        let block = Block::new(times, values);
        let mut samples = Samples::default();
        block.read(i64::MIN, i64::MAX, &mut samples);
        assert_eq!(samples.times, times);
        let bits = |values: &[f64]| {
            values
                .iter()
                .map(|value| value.to_bits())
                .collect::<Vec<_>>()
        };
        assert_eq!(bits(&samples.values), bits(values));
        block.data.len()
    }

    fn regular() -> Vec<i64> {
        (0..64).map(|at| 1_700_000_000_000 + at * 5000).collect()
    }

    #[test]
    fn regular_counters_are_small() {
        let counter: Vec<f64> = (0..64).map(|at| f64::from(1000 + at * 13)).collect();
        assert!(round_trip(&regular(), &counter) <= 16);
        let uneven: Vec<f64> = (0..64)
            .map(|at| f64::from(1000 + at * 13 + at % 7))
            .collect();
        assert!(round_trip(&regular(), &uneven) <= 48);
        let cents: Vec<f64> = (0..64).map(|at| f64::from(at * at) / 100.0).collect();
        assert!(round_trip(&regular(), &cents) <= 80);
        assert!(round_trip(&regular(), &[0.1; 64]) <= 16);
    }

    #[test]
    fn a_part_of_a_block_is_read() {
        let values: Vec<f64> = (0..64).map(f64::from).collect();
        let times: Vec<i64> = (0..64).map(|at| at * 10).collect();
        let mut samples = Samples::default();
        Block::new(&times, &values).read(95, 120, &mut samples);
        assert_eq!(samples.values, [10.0, 11.0, 12.0]);
    }

    proptest! {
        #[test]
        fn whatever_goes_in_comes_out(
            gaps in prop::collection::vec(1_i64..1_000_000_000, 64),
            values in prop_oneof![
                prop::collection::vec(any::<u64>().prop_map(f64::from_bits), 64),
                prop::collection::vec((-1_000_000_i64..1_000_000).prop_map(|cents| cents as f64 / 100.0), 64),
                prop::collection::vec(prop_oneof![Just(0.0), Just(-0.0), Just(1e300), Just(9_007_199_254_740_993.0), Just(super::super::STALE_MARKER)], 64),
            ],
        ) {
            let times: Vec<i64> = gaps.iter().scan(-5_000_000, |time, gap| { *time += gap; Some(*time) }).collect();
            round_trip(&times, &values);
        }
    }
}
