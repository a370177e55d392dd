//! From what stands where to a PDF.

use super::{
    Pdf, Texts,
    code::Code,
    fonts::Fonts,
    sheet::{Ink, PAGE, Thing},
};
use crate::Error;
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    geom::{Path, PathBuilder, Point, Rect, Transform},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    text::TextDirection,
};
use zeroize::Zeroizing;

/// How many modules around a code stay white (ISO/IEC 18004).
const QUIET: usize = 4;
/// Half a circle is two curves, whose handles are this part of the radius.
const ROUND: f32 = 0.552_285;

pub(super) fn document(
    texts: &Texts,
    fonts: &Fonts,
    codes: &[Code],
    pages: &[Vec<Thing>],
) -> Result<Pdf, Error> {
    let settings = SerializeSettings { enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    // Nothing of what it tells: metadata is indexed and shown by others.
    document.set_metadata(
        Metadata::new()
            .title(texts.title.clone())
            .language(texts.language.clone())
            .creator("Keepstead".to_owned()),
    );
    for things in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(Error::NotDrawn)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for thing in things {
            draw(&mut surface, fonts, codes, thing).ok_or(Error::NotDrawn)?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map(Zeroizing::new).map_err(|_| Error::NotDrawn)
}

/// `None` when it cannot be drawn, which no kit does.
fn draw(surface: &mut Surface<'_>, fonts: &Fonts, codes: &[Code], thing: &Thing) -> Option<()> {
    match thing {
        Thing::Text { at, face, size, ink, text } => {
            surface.set_fill(Some(fill(*ink)));
            let font = fonts.font(*face)?.clone();
            let at = Point::from_xy(at.0, at.1);
            surface.draw_text(at, font, *size, text, false, TextDirection::LeftToRight);
        }
        Thing::Bar { at, size, ink } => {
            surface.set_fill(Some(fill(*ink)));
            let mut path = PathBuilder::new();
            path.push_rect(Rect::from_xywh(at.0, at.1, size.0, size.1)?);
            surface.draw_path(&path.finish()?);
        }
        Thing::Frame { at, size } => {
            surface.set_fill(None);
            let paint = color(Ink::Accent).into();
            surface.set_stroke(Some(Stroke { paint, width: 1.0, ..Stroke::default() }));
            surface.draw_path(&frame(*at, *size, 6.0)?);
            surface.set_stroke(None);
        }
        Thing::Mark { at, size } => {
            surface.set_fill(Some(Fill { rule: FillRule::EvenOdd, ..fill(Ink::Accent) }));
            let scale = *size / 16.0;
            surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, at.0, at.1));
            surface.draw_path(&mark()?);
            surface.pop();
        }
        Thing::Code { at, size, number } => {
            surface.set_fill(Some(fill(Ink::Black)));
            surface.draw_path(&modules(codes.get(*number)?, *at, *size)?);
        }
    }
    Some(())
}

fn color(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black => rgb::Color::new(0, 0, 0),
        Ink::Grey => rgb::Color::new(0x4e, 0x46, 0x3f),
        Ink::Line => rgb::Color::new(0xc4, 0xbe, 0xb4),
        Ink::Accent => rgb::Color::new(0x13, 0x54, 0x79),
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: color(ink).into(), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

/// The dark modules: each run of a row is one rectangle.
#[expect(clippy::cast_precision_loss, reason = "below 200")]
fn modules(code: &Code, at: (f32, f32), size: f32) -> Option<Path> {
    let module = size / (code.width + 2 * QUIET) as f32;
    let mut path = PathBuilder::new();
    for (row, modules) in code.dark.chunks(code.width).enumerate() {
        let mut column = 0;
        for run in modules.chunk_by(|left, right| left == right) {
            if run.first() == Some(&true) {
                let x = at.0 + module * (column + QUIET) as f32;
                let y = at.1 + module * (row + QUIET) as f32;
                path.push_rect(Rect::from_xywh(x, y, module * run.len() as f32, module)?);
            }
            column += run.len();
        }
    }
    path.finish()
}

/// icons/icon.svg without its colours, on a grid of 16: battlements left and
/// right, the gable of a house between them, and an open doorway.
fn mark() -> Option<Path> {
    let mut path = PathBuilder::new();
    let keep = [(1.0, 15.0), (1.0, 4.0), (4.0, 4.0), (4.0, 6.4), (8.0, 1.2), (12.0, 6.4)];
    path.move_to(keep[0].0, keep[0].1);
    for (x, y) in keep.into_iter().skip(1).chain([(12.0, 4.0), (15.0, 4.0), (15.0, 15.0)]) {
        path.line_to(x, y);
    }
    path.close();
    let (radius, handle) = (2.0, 2.0 * ROUND);
    path.move_to(6.0, 15.0);
    path.line_to(10.0, 15.0);
    path.line_to(10.0, 11.4);
    path.cubic_to(10.0, 11.4 - handle, 8.0 + handle, 11.4 - radius, 8.0, 11.4 - radius);
    path.cubic_to(8.0 - handle, 11.4 - radius, 6.0, 11.4 - handle, 6.0, 11.4);
    path.close();
    path.finish()
}

fn frame((left, top): (f32, f32), (width, height): (f32, f32), radius: f32) -> Option<Path> {
    let (right, bottom, handle) = (left + width, top + height, radius * (1.0 - ROUND));
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(right - handle, top, right, top + handle, right, top + radius);
    path.line_to(right, bottom - radius);
    path.cubic_to(right, bottom - handle, right - handle, bottom, right - radius, bottom);
    path.line_to(left + radius, bottom);
    path.cubic_to(left + handle, bottom, left, bottom - handle, left, bottom - radius);
    path.line_to(left, top + radius);
    path.cubic_to(left, top + handle, left + handle, top, left + radius, top);
    path.close();
    path.finish()
}
