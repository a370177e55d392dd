//! The one way in which HTTP leaves this program.
//!
//! A request is sent until it is answered for good: what asks to slow down, is
//! not available, breaks off or stalls is sent again, after the time that was
//! asked for or a growing, spread-out one. Nothing has a total time limit;
//! what makes no progress is given up.
//!
//! Invariants: credentials go to no other host than the one they are for, not
//! even when it redirects there; no error holds an address's query, a header or
//! a secret; a certificate is trusted when the system trusts it, when it
//! descends from the one that was given, or when it is the pinned one.

mod answer;
mod call;
mod exchange;
mod failure;
pub(crate) mod fields;
mod outgoing;
mod pacer;
mod progress;
mod tls;

pub(crate) use answer::{Answer, Incoming, Request};
pub(crate) use call::{Authorization, Call};
pub(crate) use failure::host_of;

use self::{fields::Network, pacer::Pacer, tls::Shown};
use crate::Context;
use ::http::HeaderValue;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::{sync::Arc, time::Duration};
use storage::{Error, ErrorKind, Result, retry::Policy};

/// So long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(15);
/// A connection that nobody used for so long is closed: servers do so too, and
/// a request on its way then is lost.
const IDLE: Duration = Duration::from_secs(20);

/// A connection to one destination. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: reqwest::Client,
    pacer: Pacer,
    /// What makes no progress for so long is given up.
    stall: Duration,
    policy: Policy,
    authorization: Option<Box<dyn Authorization>>,
    /// Whoever holds it renews the sign-in for all.
    renewing: tokio::sync::Mutex<()>,
    shown: Shown,
    context: Context,
}

impl Http {
    /// A connection as `network` says. `authorization` adds what proves who
    /// this is, unless the requests do so themselves.
    ///
    /// # Errors
    /// When a certificate or the proxy's address makes no sense.
    pub(crate) fn new(
        network: &Network,
        authorization: Option<Box<dyn Authorization>>,
        policy: Policy,
        context: &Context,
    ) -> Result<Self> {
        let wrong = |error: reqwest::Error| {
            Error::new(ErrorKind::Other, "open").because(error.without_url())
        };
        let shown = Shown::default();
        let tls = tls::config(network, &shown)?;
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true)
            .referer(false)
            .user_agent(concat!("Keepstead/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &network.proxy {
            let mut through = reqwest::Proxy::all(proxy).map_err(wrong)?;
            if let Some((user, password)) = &network.proxy_login {
                // Put into the proxy's address, a percent sign would be taken for
                // the beginning of another character.
                let login = BASE64_STANDARD.encode(format!("{user}:{}", password.reveal()));
                if let Ok(mut value) = HeaderValue::from_str(&format!("Basic {login}")) {
                    value.set_sensitive(true);
                    through = through.custom_http_auth(value);
                }
            }
            client = client.no_proxy().proxy(through);
        }
        Ok(Self {
            shared: Arc::new(Shared {
                client: client.build().map_err(wrong)?,
                pacer: Pacer::new(network.requests_per_second),
                stall: network.stall,
                policy,
                authorization,
                renewing: tokio::sync::Mutex::default(),
                shown,
                context: context.clone(),
            }),
        })
    }

    /// One operation of a store.
    pub(crate) fn call(&self, operation: &'static str) -> Call {
        Call::new(self.clone(), operation)
    }
}
