//! The tray as a status notifier item on the session's bus.

use crate::{
    desk::At,
    menu::{self, Choice, Line},
};
use ksni::{
    MenuItem, ToolTip, TrayMethods as _,
    menu::{StandardItem, SubMenu},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

struct Item {
    at: At,
    icon: menu::Icon,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "keepstead".into()
    }

    fn title(&self) -> String {
        app::shell_words().product.into()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let Some((width, height, mut data)) = self.icon.picture.pixels() else { return Vec::new() };
        // From red first to alpha first.
        data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1));
        let side = |length: u32| i32::try_from(length).unwrap_or_default();
        vec![ksni::Icon { width: side(width), height: side(height), data }]
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.icon.text.clone(), ..ToolTip::default() }
    }

    fn activate(&mut self, _: i32, _: i32) {
        self.at.show(None);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.icon.menu.iter().map(line).collect()
    }

    /// A panel that is restarted shows it again.
    fn watcher_offline(&self, _: ksni::OfflineReason) -> bool {
        true
    }
}

fn line(line: &Line) -> MenuItem<Item> {
    match line {
        Line::Separator => MenuItem::Separator,
        Line::Menu { text, lines } => SubMenu {
            label: literal(text),
            submenu: lines.iter().map(self::line).collect(),
            ..SubMenu::default()
        }
        .into(),
        Line::Item { text, choice } => {
            let chosen = choice.clone();
            StandardItem {
                label: literal(text),
                enabled: choice.is_some(),
                activate: Box::new(move |item: &mut Item| choose(item.at.clone(), chosen.clone())),
                ..StandardItem::default()
            }
            .into()
        }
    }
}

/// An underscore would mark the letter after it as a shortcut.
fn literal(text: &str) -> String {
    text.replace('_', "__")
}

fn choose(at: At, choice: Option<Choice>) {
    if let Some(choice) = choice {
        tokio::spawn(async move { at.choose(choice).await });
    }
}

/// Shows the icon; what is sent replaces what it shows.
pub(super) fn show(at: At) -> UnboundedSender<menu::Icon> {
    let (sender, icons) = unbounded_channel();
    tokio::spawn(keep(at, icons));
    sender
}

async fn keep(at: At, mut icons: UnboundedReceiver<menu::Icon>) {
    let item = Item { at, icon: menu::Icon::starting() };
    // A desktop without a tray may get one later; one without a bus does not.
    let Ok(shown) = item.assume_sni_available(true).spawn().await else { return };
    while let Some(icon) = icons.recv().await {
        shown.update(|item| item.icon = icon).await;
    }
}
