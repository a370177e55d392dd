//! The tray as every desktop shows it: a picture, a line, and a menu.

use app::{State, Tray, TrayAct, TrayIcon, TrayLine};

/// What was chosen in the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What a line of the application does.
    Act(TrayAct),
    /// The program ends.
    Quit {
        /// When nothing is under way any more.
        finish: bool,
    },
}

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Something to choose.
    Item {
        /// What it says.
        text: String,
        /// What it does; nothing when it only says something.
        choice: Option<Choice>,
    },
    /// More lines behind one.
    Menu {
        /// What it says.
        text: String,
        /// What lies behind it.
        lines: Vec<Line>,
    },
    /// Parts what belongs together from the rest.
    Separator,
}

/// Everything the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    /// Its picture.
    pub picture: Picture,
    /// What it says to whoever points at it.
    pub text: String,
    /// Its menu.
    pub menu: Vec<Line>,
}

impl Icon {
    /// What is shown while nothing is known yet.
    #[must_use]
    pub fn starting() -> Self {
        Self {
            picture: Picture(TrayIcon::State(State::NotSetUp)),
            text: app::shell_words().product.to_owned(),
            menu: Vec::new(),
        }
    }

    pub(crate) fn of(tray: &Tray, finishing: bool) -> Self {
        let words = app::shell_words();
        let line = |line: &TrayLine| item(&line.text, Some(Choice::Act(line.act.clone())));
        let quit = |text: &str, finish| item(text, Some(Choice::Quit { finish }));
        let mut menu = vec![line(&tray.verdict)];
        menu.extend(tray.running.iter().chain(&tray.hold).chain(&tray.fix).map(line));
        menu.push(Line::Separator);
        if !tray.back_up.is_empty() {
            let lines = tray.back_up.iter().map(line).collect();
            menu.push(Line::Menu { text: words.back_up_now.to_owned(), lines });
        }
        menu.extend(tray.screens.iter().map(line));
        menu.push(Line::Separator);
        match (tray.running.is_some(), finishing) {
            (false, _) => menu.push(quit(words.quit, false)),
            (true, false) => {
                menu.push(quit(words.finish_then_quit, true));
                menu.push(quit(words.quit_now, false));
            }
            (true, true) => {
                menu.push(item(words.quitting, None));
                menu.push(quit(words.quit_now, false));
            }
        }
        Self { picture: Picture(tray.icon), text: tray.verdict.text.clone(), menu }
    }
}

fn item(text: &str, choice: Option<Choice>) -> Line {
    Line::Item { text: text.to_owned(), choice }
}

/// A picture of the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture(TrayIcon);

macro_rules! png {
    ($name:literal) => {
        if cfg!(target_os = "macos") {
            include_bytes!(concat!("../../../icons/tray/", $name, "-template.png"))
        } else {
            include_bytes!(concat!("../../../icons/tray/", $name, ".png"))
        }
    };
}

impl Picture {
    /// The picture as a PNG: black where the system tints it, white with a dark
    /// edge elsewhere.
    #[must_use]
    pub fn png(self) -> &'static [u8] {
        match self.0 {
            TrayIcon::Working => png!("working"),
            TrayIcon::State(State::NotSetUp) => png!("not-set-up"),
            TrayIcon::State(State::Protected) => png!("protected"),
            TrayIcon::State(State::Paused) => png!("paused"),
            TrayIcon::State(State::Warning) => png!("warning"),
            TrayIcon::State(State::DestinationMissing) => png!("destination-missing"),
            TrayIcon::State(State::Failed) => png!("failed"),
        }
    }

    /// The picture as width, height, and four bytes a pixel: red, green, blue,
    /// alpha.
    #[must_use]
    pub fn pixels(self) -> Option<(u32, u32, Vec<u8>)> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(self.png())).read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut pixels).ok()?;
        (info.color_type == png::ColorType::Rgba).then_some((info.width, info.height, pixels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_has_its_pixels() {
        let states = [
            State::NotSetUp,
            State::Protected,
            State::Paused,
            State::Warning,
            State::DestinationMissing,
            State::Failed,
        ];
        let icons = states.into_iter().map(TrayIcon::State).chain([TrayIcon::Working]);
        let mut seen = Vec::new();
        for icon in icons {
            let (width, height, pixels) = Picture(icon).pixels().expect("it is decoded");
            assert_eq!(pixels.len(), (width * height * 4) as usize);
            assert!(!seen.contains(&pixels), "{icon:?} looks like another");
            seen.push(pixels);
        }
    }
}
