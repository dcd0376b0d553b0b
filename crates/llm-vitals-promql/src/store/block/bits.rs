//! Numbers in as few bits as they need.

#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// Bits that do not fill a byte yet, and how many.
    pending: u8,
    filled: u32,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.align();
        self.bytes.push(byte);
    }

    pub(super) fn word(&mut self, word: u64) {
        self.align();
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    /// A number in one byte if it is small, in ten if it is the largest.
    pub(super) fn varint(&mut self, number: i64) {
        self.align();
        let mut rest = zigzag(number);
        while rest >= 0x80 {
            self.bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest.to_le_bytes()[0]);
    }

    /// Numbers as what each has over the least of them.
    pub(super) fn frame(&mut self, numbers: &[i64]) {
        let least = numbers.iter().copied().min().unwrap_or_default();
        let over = |number: &i64| number.wrapping_sub(least).cast_unsigned();
        let width = 64
            - numbers
                .iter()
                .map(over)
                .fold(0, |all, bits| all | bits)
                .leading_zeros();
        self.varint(least);
        self.byte(width.to_le_bytes()[0]);
        for number in numbers {
            self.bits(over(number), width);
        }
        self.align();
    }

    /// Numbers without the zeros that all of them begin and end with.
    pub(super) fn masked(&mut self, numbers: &[u64]) {
        let used = numbers.iter().fold(0, |all, bits| all | bits);
        let low = used.trailing_zeros() % 64;
        let width = 64 - (used >> low).leading_zeros();
        self.byte(low.to_le_bytes()[0]);
        self.byte(width.to_le_bytes()[0]);
        for number in numbers {
            self.bits(number >> low, width);
        }
        self.align();
    }

    pub(super) fn finish(mut self) -> Box<[u8]> {
        self.align();
        self.bytes.into_boxed_slice()
    }

    fn bits(&mut self, number: u64, width: u32) {
        let mut rest = (u128::from(number) << self.filled) | u128::from(self.pending);
        let mut left = width + self.filled;
        while left >= 8 {
            self.bytes.push(rest.to_le_bytes()[0]);
            rest >>= 8;
            left -= 8;
        }
        self.pending = rest.to_le_bytes()[0];
        self.filled = left;
    }

    fn align(&mut self) {
        if self.filled > 0 {
            self.bytes.push(self.pending);
            (self.pending, self.filled) = (0, 0);
        }
    }
}

/// Bytes that are read at once.
const CHUNK: usize = 16;

/// Reads what [`Writer`] wrote. Behind the end everything is 0, so that nothing can panic.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or_default();
        self.at += 1;
        byte
    }

    pub(super) fn word(&mut self) -> u64 {
        let word = self
            .bytes
            .get(self.at..)
            .and_then(<[u8]>::first_chunk)
            .copied();
        self.at += 8;
        u64::from_le_bytes(word.unwrap_or_default())
    }

    pub(super) fn varint(&mut self) -> i64 {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
    }

    pub(super) fn frame(&mut self, count: usize, mut each: impl FnMut(usize, i64)) {
        let least = self.varint();
        let width = u32::from(self.byte());
        if width == 0 {
            for at in 0..count {
                each(at, least);
            }
            return;
        }
        self.packed(count, width, |at, over| {
            each(at, least.wrapping_add(over.cast_signed()));
        });
    }

    pub(super) fn masked(&mut self, count: usize, mut each: impl FnMut(usize, u64)) {
        let low = u32::from(self.byte());
        let width = u32::from(self.byte());
        self.packed(count, width, |at, bits| each(at, bits << low));
    }

    fn packed(&mut self, count: usize, width: u32, mut each: impl FnMut(usize, u64)) {
        let mask = u64::MAX.checked_shr(64 - width).unwrap_or_default();
        // The last bytes with zeros behind them. In a small block most words reach over its end.
        let tail_at = self.bytes.len().saturating_sub(CHUNK);
        let mut tail = [0; 2 * CHUNK];
        let rest = &self.bytes[tail_at..];
        tail[..rest.len()].copy_from_slice(rest);
        let mut bit = 0_usize;
        for at in 0..count {
            let from = self.at + bit / 8;
            let (bytes, from) = if from < tail_at {
                (self.bytes, from)
            } else {
                (&tail[..], from - tail_at)
            };
            let chunk = bytes.get(from..).and_then(<[u8]>::first_chunk::<CHUNK>);
            let loaded = u128::from_le_bytes(chunk.copied().unwrap_or_default());
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the mask keeps at most 64 bits"
            )]
            each(at, (loaded >> (bit % 8)) as u64 & mask);
            bit += width as usize;
        }
        self.at += bit.div_ceil(8);
    }
}

/// Small numbers of both signs as small numbers.
fn zigzag(number: i64) -> u64 {
    (number.wrapping_shl(1) ^ (number >> 63)).cast_unsigned()
}
