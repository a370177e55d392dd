//! What stands where: the words and their code first, then the steps, then the
//! destinations, each with the commands that are typed there.

use super::{
    Kit, Place,
    fonts::{Face, Fonts, MONO},
    sheet::{BOTTOM, FOOT, Ink, LEFT, RIGHT, Sheet, TOP, Thing},
    shell::Typed,
};
use zeroize::Zeroizing;

/// Beside the labels of a destination.
const VALUE: f32 = LEFT + 84.0;
/// Size and distance of lines of paths and commands.
const PATH: (f32, f32) = (8.5, 12.0);
/// The frame around the words: its height, and the code in it.
const FRAME: f32 = 168.0;
const CODE: f32 = 152.0;

const TEXT: (Face, f32, Ink) = (Face::Text, 9.0, Ink::Black);
const NOTE: (Face, f32, Ink) = (Face::Text, 8.0, Ink::Grey);
const LABEL: (Face, f32, Ink) = (Face::Text, 8.5, Ink::Grey);
const HEADING: (Face, f32, Ink) = (Face::Strong, 12.0, Ink::Black);
const TYPED: (Face, f32, Ink) = (Face::Mono, PATH.0, Ink::Black);

pub(super) fn pages(kit: &Kit<'_>, fonts: &Fonts, codes: usize) -> Vec<Vec<Thing>> {
    let mut sheet = Sheet::new(fonts);
    head(&mut sheet, kit);
    words(&mut sheet, kit);
    steps(&mut sheet, kit);
    places(&mut sheet, kit);
    more_codes(&mut sheet, kit, codes);
    feet(&mut sheet, kit);
    sheet.pages
}

fn head(sheet: &mut Sheet<'_>, kit: &Kit<'_>) {
    sheet.put(Thing::Mark { at: (LEFT - 2.25, TOP - 6.0), size: 36.0 });
    let x = LEFT + 48.0;
    sheet.text((x, TOP + 10.0), (Face::Strong, 22.0, Ink::Black), &kit.texts.title);
    sheet.y = TOP + 14.0;
    sheet.paragraph(x, RIGHT - x, (Face::Text, 9.5, Ink::Grey), 13.0, &kit.texts.made);
    sheet.y += 10.0;
    sheet.paragraph(LEFT, RIGHT - LEFT, (Face::Strong, 10.0, Ink::Black), 14.0, &kit.texts.keep);
    sheet.y += 12.0;
}

/// The words, down one column and then the other, and their code.
fn words(sheet: &mut Sheet<'_>, kit: &Kit<'_>) {
    let top = sheet.y;
    sheet.put(Thing::Frame { at: (LEFT, top), size: (RIGHT - LEFT, FRAME) });
    let words = kit.passphrase.words();
    let rows = words.len().div_ceil(2);
    for (at, word) in words.iter().enumerate() {
        let column = if at < rows { 0.0 } else { 152.0 };
        #[expect(clippy::cast_precision_loss, reason = "four rows")]
        let y = top + 35.0 + 36.0 * (at % rows) as f32;
        let x = LEFT + 16.0 + column;
        sheet.text((x, y), (Face::Mono, 11.0, Ink::Accent), &(at + 1).to_string());
        sheet.text((x + 18.0, y), (Face::MonoStrong, 18.0, Ink::Black), word);
    }
    let at = (RIGHT - CODE - 12.0, top + (FRAME - CODE) / 2.0);
    sheet.put(Thing::Code { at, size: CODE, number: 0 });
    sheet.y = top + FRAME;
    let caption = sheet.fonts.showable(NOTE.0, &kit.texts.code);
    let width = sheet.fonts.width(NOTE.0, NOTE.1, &caption);
    sheet.y += 12.0;
    sheet.text((RIGHT - width, sheet.y), NOTE, &caption);
    sheet.y += 4.0;
}

fn heading(sheet: &mut Sheet<'_>, text: &str) {
    sheet.y += 16.0;
    sheet.text((LEFT, sheet.y), HEADING, text);
    sheet.y += 3.0;
}

fn steps(sheet: &mut Sheet<'_>, kit: &Kit<'_>) {
    heading(sheet, &kit.texts.steps_title);
    for (at, step) in kit.texts.steps.iter().enumerate() {
        let number = (at + 1).to_string();
        sheet.text((LEFT, sheet.y + 13.5), (Face::Mono, 9.0, Ink::Accent), &number);
        sheet.paragraph(LEFT + 18.0, RIGHT - LEFT - 18.0, TEXT, 13.5, step);
        sheet.y += 3.0;
    }
}

/// Labels of a destination with their lines.
type Rows = Vec<(String, Vec<String>)>;

fn places(sheet: &mut Sheet<'_>, kit: &Kit<'_>) {
    let texts = kit.texts;
    let fonts = sheet.fonts;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 100")]
    let columns = ((RIGHT - VALUE) / (PATH.0 * MONO)) as usize;
    let shows = |letter| fonts.shows(Face::Mono, letter);
    let (mut written_out, mut broken) = (false, false);
    let mut rows = |place: &Place<'_>| {
        let folder = Typed::new(place.folder, shows);
        let repository = Typed::new(place.repository, shows);
        written_out |= folder.written_out() || repository.written_out();
        let mut rows = vec![
            (texts.folder.clone(), folder.lines(columns)),
            (texts.repository.clone(), repository.lines(columns)),
        ];
        for command in &texts.commands {
            let lines = repository.command(&command.before, &command.after, columns);
            broken |= lines.len() > 1;
            rows.push((command.label.clone(), lines));
        }
        rows
    };
    let all: Vec<Rows> = kit.destinations.iter().map(&mut rows).collect();
    let notes = [(written_out, &texts.written_out), (broken, &texts.broken_lines)];

    sheet.y += 4.0;
    heading(sheet, &texts.places_title);
    sheet.y += 2.0;
    if all.is_empty() {
        sheet.paragraph(LEFT, RIGHT - LEFT, TEXT, 13.5, &texts.no_places);
    }
    for (_, note) in notes.iter().filter(|(shown, _)| *shown) {
        sheet.paragraph(LEFT, RIGHT - LEFT, NOTE, 11.5, note);
    }
    for (place, rows) in kit.destinations.iter().zip(&all) {
        block(sheet, place.name, rows);
    }
}

/// A destination, on one page where that is possible.
fn block(sheet: &mut Sheet<'_>, name: &str, rows: &Rows) {
    let style = (Face::Strong, 9.5, Ink::Black);
    let names = sheet.fonts.lines(style.0, style.1, RIGHT - LEFT, name);
    // A short name stands in the place of the first label.
    let short =
        names.len() == 1 && sheet.fonts.width(style.0, style.1, &names[0]) <= VALUE - LEFT - 8.0;
    let count = rows.iter().map(|(_, lines)| lines.len()).sum::<usize>()
        + if short { 0 } else { names.len() };
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let height = PATH.1 * count as f32 + 10.0;
    sheet.turn(height.min(BOTTOM - TOP));
    sheet.put(Thing::Bar { at: (LEFT, sheet.y + 5.0), size: (RIGHT - LEFT, 0.5), ink: Ink::Line });
    sheet.y += 8.0;
    if !short {
        for line in &names {
            sheet.y += PATH.1;
            sheet.text((LEFT, sheet.y), style, line);
        }
    }
    for (at, (label, lines)) in rows.iter().enumerate() {
        for (number, line) in lines.iter().enumerate() {
            sheet.turn(PATH.1);
            sheet.y += PATH.1;
            if number == 0 && at == 0 && short {
                sheet.text((LEFT, sheet.y), style, &names[0]);
            } else if number == 0 {
                sheet.text((LEFT, sheet.y), LABEL, label);
            }
            sheet.text((VALUE, sheet.y), TYPED, line);
        }
    }
    sheet.y += 2.0;
}

/// Codes that did not fit beside the words, three in a row.
fn more_codes(sheet: &mut Sheet<'_>, kit: &Kit<'_>, count: usize) {
    if count < 2 {
        return;
    }
    sheet.turn(CODE + 60.0);
    heading(sheet, &kit.texts.more_codes);
    sheet.y += 10.0;
    for number in 1..count {
        let column = (number - 1) % 3;
        if column == 0 && number > 1 {
            sheet.y += CODE + 13.0;
        }
        if column == 0 {
            sheet.turn(CODE);
        }
        #[expect(clippy::cast_precision_loss, reason = "below 3")]
        let x = LEFT + (CODE + 13.0) * column as f32;
        sheet.put(Thing::Code { at: (x, sheet.y), size: CODE, number });
    }
    sheet.y += CODE;
}

/// What the page is, and which of how many, where there are several.
fn feet(sheet: &mut Sheet<'_>, kit: &Kit<'_>) {
    let count = sheet.pages.len();
    for at in 0..count {
        let number = sheet.fonts.showable(NOTE.0, &(kit.texts.page)(at + 1, count));
        let width = sheet.fonts.width(NOTE.0, NOTE.1, &number);
        let title = sheet.fonts.showable(NOTE.0, &kit.texts.title);
        for (x, text) in [(LEFT, title), (RIGHT - width, number)] {
            let (face, size, ink) = NOTE;
            let text = Zeroizing::new(text);
            sheet.pages[at].push(Thing::Text { at: (x, FOOT), face, size, ink, text });
        }
    }
}
