//! Where panels stand: from left to right, and below what is already there.

/// The columns of Grafana's grid.
const COLUMNS: u32 = 24;

/// Gives places one after the other.
#[derive(Debug, Default)]
pub(super) struct Layout {
    x: u32,
    y: u32,
    /// Below everything that stands in the line.
    bottom: u32,
}

/// A place in the grid.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: u32,
    pub(super) y: u32,
}

impl Layout {
    /// The place of the next panel. One that finds no room begins a line.
    pub(super) fn place(&mut self, width: u32, height: u32) -> Place {
        if self.x + width > COLUMNS {
            (self.x, self.y) = (0, self.bottom);
        }
        let place = Place {
            x: self.x,
            y: self.y,
        };
        self.x += width;
        self.bottom = self.bottom.max(self.y + height);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_high_as_its_highest_panel() {
        let mut layout = Layout::default();
        let places =
            [(12, 4), (12, 8), (24, 1), (8, 3)].map(|(width, height)| layout.place(width, height));
        let at = |x, y| Place { x, y };
        assert_eq!(places, [at(0, 0), at(12, 0), at(0, 8), at(0, 9)]);
    }
}
