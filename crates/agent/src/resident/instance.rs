//! One instance a session: whoever has the name on the bus is it, and another
//! start asks it for its window.

use std::collections::HashMap;
use zbus::{
    Connection, connection,
    fdo::{RequestNameFlags, RequestNameReply},
    interface, proxy,
};

const NAME: &str = "org.keepstead.Agent";
const PATH: &str = "/org/keepstead/Agent";

/// What a window needs to find the desktop. The program may have been started
/// in a session that has ended since.
const DESKTOP: [&str; 9] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "XDG_ACTIVATION_TOKEN",
    "DESKTOP_STARTUP_ID",
    "GTK_THEME",
];

/// Another start of the program.
pub(super) struct Start {
    /// Whether no window is wanted.
    pub(super) hidden: bool,
    /// Where its desktop is.
    pub(super) environment: HashMap<String, String>,
}

/// Whether this process is the one.
pub(super) enum Claim {
    /// It is, as long as this is held. Without a bus nobody else can be asked.
    Ours(Option<Connection>),
    /// Another one is, and was told.
    AnothersIs,
}

struct Instance<F>(F);

#[interface(name = "org.keepstead.Agent1")]
impl<F: Fn(Start) + Send + Sync + 'static> Instance<F> {
    /// The program was started once more.
    fn start(&self, hidden: bool, environment: HashMap<String, String>) {
        (self.0)(Start { hidden, environment });
    }
}

#[proxy(
    interface = "org.keepstead.Agent1",
    default_service = "org.keepstead.Agent",
    default_path = "/org/keepstead/Agent"
)]
trait Agent {
    fn start(&self, hidden: bool, environment: HashMap<&str, String>) -> zbus::Result<()>;
}

/// Claims the name, or tells the one that has it of this start.
pub(super) async fn claim<F>(hidden: bool, starts: F) -> Claim
where
    F: Fn(Start) + Send + Sync + 'static,
{
    let Ok(bus) = serve(starts).await else { return Claim::Ours(None) };
    match bus.request_name_with_flags(NAME, RequestNameFlags::DoNotQueue.into()).await {
        Ok(RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner) => {
            Claim::Ours(Some(bus))
        }
        _ => match tell(&bus, hidden).await {
            Ok(()) => Claim::AnothersIs,
            // It ended just now.
            Err(_) => Claim::Ours(Some(bus)),
        },
    }
}

async fn serve<F>(starts: F) -> zbus::Result<Connection>
where
    F: Fn(Start) + Send + Sync + 'static,
{
    connection::Builder::session()?.serve_at(PATH, Instance(starts))?.build().await
}

async fn tell(bus: &Connection, hidden: bool) -> zbus::Result<()> {
    let environment = DESKTOP.iter().filter_map(|&name| Some((name, std::env::var(name).ok()?)));
    AgentProxy::new(bus).await?.start(hidden, environment.collect()).await
}
