//! The data of server-sent events, from a body that is cut anywhere.

/// Splits a body into the data of its events.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// What has not been read yet, from `start` on.
    buffer: Vec<u8>,
    start: usize,
    data: Vec<u8>,
}

impl Events {
    /// Takes the next piece of the body.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// How many bytes wait for the end of their event.
    pub(super) fn held(&self) -> usize {
        self.buffer.len() - self.start + self.data.len()
    }

    /// The data of the next whole event.
    pub(super) fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            let unread = &self.buffer[self.start..];
            let end = unread.iter().position(|byte| *byte == b'\n')?;
            let line = unread[..end].strip_suffix(b"\r").unwrap_or(&unread[..end]);
            if line.is_empty() {
                self.start += end + 1;
                if !self.data.is_empty() {
                    return Some(std::mem::take(&mut self.data));
                }
                continue;
            }
            if let Some(data) = line.strip_prefix(b"data:") {
                if !self.data.is_empty() {
                    self.data.push(b'\n');
                }
                self.data
                    .extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
            }
            self.start += end + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_may_be_cut_anywhere() {
        let body =
            b": hello\r\n\r\nevent: x\ndata: {\"a\":\r\ndata: 1}\n\ndata:[DONE]\n\ndata: cut";
        let mut events = Events::default();
        let mut seen = Vec::new();
        for byte in body {
            events.push(&[*byte]);
            while let Some(data) = events.next() {
                seen.push(String::from_utf8(data).unwrap());
            }
        }
        assert_eq!(seen, ["{\"a\":\n1}", "[DONE]"]);
        assert_eq!(events.held(), "data: cut".len());
    }
}
