//! The tray in the toolkit's own way.

use agent::{At, Choice, Icon, Line, Picture};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};
use tauri::{
    AppHandle, Manager as _, Wry, async_runtime,
    image::Image,
    menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::TrayIconBuilder,
};

const ID: &str = "keepstead";

/// What the entries of the menu do: an entry's id is its place in here.
#[derive(Default)]
struct Choices(Mutex<Vec<Choice>>);

/// Makes the tray. Desktops without one have the window and notifications.
pub(super) fn make(program: &AppHandle, at: &At) {
    program.manage(Choices::default());
    let (icon, at) = (Icon::starting(), at.clone());
    let Ok(picture) = image(icon.picture) else { return };
    let tray = TrayIconBuilder::with_id(ID)
        .icon(picture)
        .icon_as_template(true)
        .tooltip(icon.text)
        .on_menu_event(move |program, event| chosen(program, &at, event.id().as_ref()));
    let tray = match Menu::new(program) {
        Ok(menu) => tray.menu(&menu),
        Err(_) => tray,
    };
    // Where the library of the tray is missing, it panics.
    let _ = catch_unwind(AssertUnwindSafe(|| tray.build(program)));
}

/// Shows this in the tray. Belongs on the main thread.
pub(super) fn draw(program: &AppHandle, icon: Icon) -> tauri::Result<()> {
    let Some(tray) = program.tray_by_id(ID) else { return Ok(()) };
    let mut choices = Vec::new();
    let menu = Menu::new(program)?;
    for line in icon.menu {
        menu.append(&*entry(program, line, &mut choices)?)?;
    }
    *program.state::<Choices>().0.lock().unwrap_or_else(PoisonError::into_inner) = choices;
    tray.set_menu(Some(menu))?;
    tray.set_icon_with_as_template(Some(image(icon.picture)?), true)?;
    tray.set_tooltip(Some(icon.text))
}

fn image(picture: Picture) -> tauri::Result<Image<'static>> {
    Image::from_bytes(picture.png())
}

fn entry(
    program: &AppHandle,
    line: Line,
    choices: &mut Vec<Choice>,
) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match line {
        Line::Separator => Box::new(PredefinedMenuItem::separator(program)?),
        Line::Item { text, choice } => {
            let (enabled, id) = (choice.is_some(), choices.len().to_string());
            choices.extend(choice);
            Box::new(MenuItem::with_id(program, id, text, enabled, None::<&str>)?)
        }
        Line::Menu { text, lines } => {
            let menu = Submenu::new(program, text, true)?;
            for line in lines {
                menu.append(&*entry(program, line, choices)?)?;
            }
            Box::new(menu)
        }
    })
}

fn chosen(program: &AppHandle, at: &At, id: &str) {
    let choice = id.parse::<usize>().ok().and_then(|place| {
        let choices = program.state::<Choices>();
        choices.0.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned()
    });
    if let Some(choice) = choice {
        let at = at.clone();
        async_runtime::spawn(async move { at.choose(choice).await });
    }
}
