//! Lists of whose elements one field is kept.

use crate::wire::json::FieldScan;

/// Where the scan stands in a list of whose elements one field is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Element {
    /// In no such list.
    Outside,
    /// In the list, and in no object.
    Between,
    /// In an object, before the end of a key.
    Key,
    /// In the value of another key.
    Other,
    /// In the value that is kept.
    Kept,
}

impl<const N: usize> FieldScan<N> {
    pub(super) fn is_in_element(&self) -> bool {
        matches!(self.element, Element::Key | Element::Other | Element::Kept)
    }

    /// The key that is kept of the elements of the value under way.
    pub(super) fn of_elements(&self) -> Option<&'static str> {
        self.fields.get(self.wanted?)?.of_elements()
    }

    /// Notes that an object or list began, which `depth` counts already.
    pub(super) fn open(&mut self, byte: u8) {
        match (self.depth, byte) {
            (2, b'[') if self.of_elements().is_some() => {
                self.element = Element::Between;
                if let Some(slot) = self.wanted.and_then(|wanted| self.values.get_mut(wanted)) {
                    *slot = Some(vec![b'[']);
                }
            }
            (3, b'{') if self.element == Element::Between => {
                self.element = Element::Key;
                self.key.clear();
            }
            _ => {}
        }
    }

    /// Notes that an object or list ends, which `depth` still counts.
    pub(super) fn close(&mut self) {
        match self.depth {
            2 if self.element != Element::Outside => {
                self.add(b"]");
                self.element = Element::Outside;
            }
            3 if self.is_in_element() => {
                self.end_value();
                self.element = Element::Between;
            }
            _ => {}
        }
    }

    /// Begins the value of a key of an element.
    pub(super) fn begin_value(&mut self) {
        let Some(key) = self.of_elements().filter(|key| key.as_bytes() == self.key) else {
            self.element = Element::Other;
            return;
        };
        let value = self.wanted.and_then(|wanted| self.value(wanted));
        let first = value == Some(b"[");
        self.add(if first { b"{\"" } else { b",{\"" });
        self.add(key.as_bytes());
        self.add(b"\":");
        self.element = Element::Kept;
    }

    /// Ends the value of a key of an element.
    pub(super) fn end_value(&mut self) {
        self.key.clear();
        if self.element == Element::Kept {
            self.add(b"}");
        }
    }
}
