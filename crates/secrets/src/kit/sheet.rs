//! Pages as a list of what stands where, before anything is drawn.
//!
//! Lengths are in points, from the top left corner of the page.

use super::fonts::{Face, Fonts};
use zeroize::Zeroizing;

/// The size of A4.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
/// Where text begins and ends. The lower edge leaves room for the 50 points
/// that Letter is shorter, wherever a printer takes them away.
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = 539.0;
pub(super) const TOP: f32 = 72.0;
pub(super) const BOTTOM: f32 = 748.0;
/// The line at the foot of each page.
pub(super) const FOOT: f32 = 766.0;

/// What it is printed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    /// Labels and notes.
    Grey,
    /// Hairlines.
    Line,
    /// The one accent: ledger ink.
    Accent,
}

/// A thing on a page.
pub(super) enum Thing {
    /// Text with the left end of its baseline.
    Text { at: (f32, f32), face: Face, size: f32, ink: Ink, text: Zeroizing<String> },
    /// A filled rectangle: left, top, width, height.
    Bar { at: (f32, f32), size: (f32, f32), ink: Ink },
    /// The outline of a rectangle with round corners.
    Frame { at: (f32, f32), size: (f32, f32) },
    /// The keep.
    Mark { at: (f32, f32), size: f32 },
    /// The code of this number, with its quiet zone.
    Code { at: (f32, f32), size: f32, number: usize },
}

/// Pages being filled from the top.
pub(super) struct Sheet<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) pages: Vec<Vec<Thing>>,
    /// Where the next thing begins.
    pub(super) y: f32,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, pages: vec![Vec::new()], y: TOP }
    }

    pub(super) fn put(&mut self, thing: Thing) {
        if let Some(page) = self.pages.last_mut() {
            page.push(thing);
        }
    }

    /// A line of text, whose baseline is at `y`.
    pub(super) fn text(&mut self, at: (f32, f32), style: (Face, f32, Ink), text: &str) {
        let (face, size, ink) = style;
        self.put(Thing::Text { at, face, size, ink, text: Zeroizing::new(text.to_owned()) });
    }

    /// A paragraph from the present place on.
    pub(super) fn paragraph(
        &mut self,
        x: f32,
        width: f32,
        style: (Face, f32, Ink),
        leading: f32,
        text: &str,
    ) {
        for line in self.fonts.lines(style.0, style.1, width, text) {
            self.y += leading;
            self.text((x, self.y), style, &line);
        }
    }

    /// Begins a page, unless there is room for `height` on this one. Says
    /// whether it did.
    pub(super) fn turn(&mut self, height: f32) -> bool {
        let turn = self.y + height > BOTTOM;
        if turn {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        turn
    }
}
