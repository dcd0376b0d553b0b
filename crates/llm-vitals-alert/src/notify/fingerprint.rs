//! The number by which an alert is known, here and in Alertmanager.

use llm_vitals_promql::Labels;

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
const SEPARATOR: u8 = 0xff;

/// FNV-1a over names and values in the order of the names, as Prometheus' `LabelSet.Fingerprint`.
pub(crate) fn fingerprint(labels: &Labels) -> u64 {
    let mut hash = OFFSET;
    for (name, value) in labels.iter() {
        hash = add(hash, name);
        hash = add(hash, value);
    }
    hash
}

/// As Alertmanager's API writes it.
pub(crate) fn hex(fingerprint: u64) -> String {
    format!("{fingerprint:016x}")
}

fn add(hash: u64, text: &str) -> u64 {
    let bytes = text.bytes().chain([SEPARATOR]);
    bytes.fold(hash, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_labels_have_the_offset() {
        assert_eq!(hex(fingerprint(&Labels::empty())), "cbf29ce484222325");
    }

    #[test]
    fn order_does_not_matter_but_where_a_value_ends_does() {
        let of = |pairs: &[(&str, &str)]| fingerprint(&Labels::new(pairs.iter().copied()));
        assert_eq!(of(&[("a", "b"), ("c", "d")]), of(&[("c", "d"), ("a", "b")]));
        assert_ne!(
            of(&[("a", "bc"), ("d", "e")]),
            of(&[("a", "b"), ("cd", "e")])
        );
    }
}
