//! The window of the program that stays: it shows, and asks for everything
//! over the wire that it was started with.

use super::window;
use crate::{
    Error,
    ipc::{self, Answering, fault},
};
use agent::{
    commands::Arguments,
    link::{self, Call, Incoming, Told},
};
use serde_json::{Value, value::RawValue};
use std::{
    collections::HashMap,
    io,
    os::{fd::AsFd as _, unix::net::UnixStream, unix::process::CommandExt as _},
    process::Command,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tauri::{AppHandle, Emitter as _, RunEvent, async_runtime};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

/// The program that stays, beside this one.
const AGENT: &str = "keepstead-agent";

/// Becomes the program that stays, with the same arguments. Returns only when
/// it cannot.
pub(crate) fn become_agent() -> io::Error {
    match std::env::current_exe() {
        Ok(own) => Command::new(own.with_file_name(AGENT)).args(std::env::args_os().skip(1)).exec(),
        Err(error) => error,
    }
}

/// Who waits for an answer, by the id of the call.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<HashMap<u64, oneshot::Sender<ipc::Answer>>>>);

impl Waiting {
    fn wait(&self, id: u64) -> oneshot::Receiver<ipc::Answer> {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
        receiver
    }

    fn answer(&self, id: u64, answer: ipc::Answer) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(waiting) = waiting {
            // A page that was left does not wait any more.
            let _ = waiting.send(answer);
        }
    }
}

/// Opens the window, and returns when it is closed or the program that stays
/// ends.
///
/// # Errors
/// When this was started by something else, or the toolkit does not start.
pub(crate) fn window_of_agent(to: Option<&str>) -> Result<(), Error> {
    // A copy that the web view's processes do not inherit.
    let socket = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from);
    let (told, calls) =
        async_runtime::block_on(async { link::open::<Call>(socket?) }).map_err(Error::Agent)?;
    let waiting = Waiting::default();
    let handler = ipc::handler(asking(calls, waiting.clone()));
    let to = to.map(str::to_owned);
    let program = tauri::Builder::default()
        .invoke_handler(ipc::bindings(handler).invoke_handler())
        .setup(move |program| {
            let handle = program.handle().clone();
            window::show(&handle, to.as_deref());
            async_runtime::spawn(listen(handle, told, waiting));
            Ok(())
        })
        .build(tauri::generate_context!())
        .map_err(Error::Window)?;
    program.run(|program, event| {
        if let RunEvent::WindowEvent { event: tauri::WindowEvent::Destroyed, .. } = event {
            program.exit(0);
        }
    });
    Ok(())
}

fn asking(
    calls: UnboundedSender<Call>,
    waiting: Waiting,
) -> impl Fn(String, Arguments) -> Answering + Send + Sync + 'static {
    let next = AtomicU64::new(0);
    move |command, arguments| {
        let id = next.fetch_add(1, Ordering::Relaxed);
        let answer = waiting.wait(id);
        // Nobody there to ask: the wire has ended, and so does this.
        let _ = calls.send(Call { id, command, arguments });
        Box::pin(async move { answer.await.unwrap_or_else(|_| Err(fault())) })
    }
}

async fn listen(program: AppHandle, mut told: Incoming, waiting: Waiting) {
    while let Ok(Some(told)) = told.next().await {
        match told {
            Told::Done { id, answer } => waiting.answer(id, Ok(Box::<str>::from(answer).into())),
            Told::Failed { id, error } => waiting.answer(id, Err(value(&error))),
            Told::Event { name, payload } => {
                let _ = program.emit(&name, payload);
            }
            Told::Show { to } => window::show(&program, to.as_deref()),
        }
    }
    // The program that stays has ended, and the window with it.
    program.exit(0);
}

fn value(text: &RawValue) -> Value {
    serde_json::from_str(text.get()).unwrap_or_else(|_| fault())
}
