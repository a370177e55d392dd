//! Reaching a WebDAV server.

use super::{
    folders, form,
    login::Login,
    place::Place,
    store::{DavStore, Replacing, look, propfind},
    write::uploads_of,
};
use crate::{
    Choice, Context, Descriptor, Missing, Provider, Secret, Values,
    http::{Authorization, Call, Http, Request, fields::Network},
    rclone::rclone,
};
use async_trait::async_trait;
use http::{Method, StatusCode, header};
use std::sync::Arc;
use storage::{
    Cancel, Capabilities, Error, ErrorKind, Result, Store, retry::Policy, unless_cancelled,
};

/// WebDAV.
#[derive(Debug)]
pub(crate) struct WebDav;

/// How many operations at once serve it best.
const CONCURRENCY: usize = 4;
/// No list of folders is longer.
const LISTING: u64 = 64 << 20;

#[async_trait]
impl Provider for WebDav {
    fn descriptor(&self) -> &'static Descriptor {
        &form::DESCRIPTOR
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        form::check(values)
    }

    fn location(&self, values: &Values) -> String {
        let place = Place::new(values.text("url"), values.text("folder"));
        place.map_or_else(|_| values.text("url").to_owned(), |place| place.in_words())
    }

    /// By rclone, which takes the password from `RCLONE_WEBDAV_PASS`.
    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        let said = [("url", values.text("url").trim()), ("user", values.text("user"))];
        let parts = [values.text("folder").trim_matches('/'), below];
        Some(rclone("webdav", &said, &parts))
    }

    async fn open(
        &self,
        values: &Values,
        missing: Missing,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let http = http(values, context.patience, context)?;
        let place = Place::new(values.text("url"), values.text("folder"))?;
        let reach = reach(&http, &place, missing);
        unless_cancelled(cancel, "open", reach).await??;
        let replacing = unless_cancelled(cancel, "open", replacing(&http, &place)).await??;
        let concurrency =
            values.number("concurrency").and_then(|count| usize::try_from(count).ok());
        let capabilities = Capabilities {
            // Servers look whether the name is taken, and then move: of two that do so
            // in the same moment both may win, as was seen of Apache.
            atomic_create: false,
            atomic_replace: replacing != Replacing::WithAGap,
            rename: true,
            server_copy: true,
            lists_at_once: true,
            concurrency: concurrency.unwrap_or(CONCURRENCY).max(1),
            pack_size: 16 << 20,
            ..Capabilities::minimal()
        };
        let uploads = uploads_of(values.text("url"));
        let (random, clock) = (Arc::clone(&context.random), Arc::clone(&context.clock));
        Ok(Arc::new(DavStore::new(http, place, uploads, replacing, capabilities, random, clock)))
    }

    async fn choices(
        &self,
        values: &Values,
        field: &str,
        below: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Vec<Choice>> {
        if field != "folder" {
            return Err(Error::new(ErrorKind::Unsupported, "list"));
        }
        let http = http(values, Policy::PERSON, context)?;
        let place = Place::new(values.text("url"), below)?;
        unless_cancelled(cancel, "list", folders_in(&http, &place, below)).await?
    }

    async fn make_folder(
        &self,
        values: &Values,
        folder: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<()> {
        let http = http(values, Policy::PERSON, context)?;
        let place = Place::new(values.text("url"), folder)?;
        unless_cancelled(cancel, "open", reach(&http, &place, Missing::Make)).await?
    }
}

fn http(values: &Values, patience: Policy, context: &Context) -> Result<Http> {
    let user = values.text("user");
    let login = (!user.is_empty()).then(|| -> Box<dyn Authorization> {
        let password = Secret::new(values.secret("password").unwrap_or_default().to_owned());
        let is_private = values.text("url").trim().starts_with("https://");
        Box::new(Login::new(user, password, is_private, Arc::clone(&context.random)))
    });
    Http::new(&Network::of(values), login, patience, context)
}

/// Sees that the folder is there, or makes it.
async fn reach(http: &Http, place: &Place, missing: Missing) -> Result<()> {
    let call = http.call("open");
    let is_folder = async |url: &str| -> Result<bool> {
        match look(&call, url).await? {
            None => Ok(false),
            Some(found) if found.is_folder => Ok(true),
            Some(_) => Err(Error::new(ErrorKind::PlaceMissing, "open").because("it is a file")),
        }
    };
    let url = place.folder_url("");
    match is_folder(&url).await {
        Ok(true) => return Ok(()),
        Ok(false) => {}
        Err(error) => {
            // Some servers say nothing clear of what would lie in a file.
            let unclear = matches!(
                error.kind(),
                ErrorKind::Other | ErrorKind::PermissionDenied | ErrorKind::NotThisService
            );
            for url in place.way().iter().filter(|_| unclear) {
                match look(&call, url.trim_end_matches('/')).await {
                    Ok(Some(found)) if found.is_folder => {}
                    Ok(Some(_)) => {
                        let why = "a part of its path is a file";
                        return Err(Error::new(ErrorKind::PlaceMissing, "open").because(why));
                    }
                    _ => break,
                }
            }
            return Err(error);
        }
    }
    // Nothing there: is the server the right one at all?
    if missing == Missing::Fail || !is_folder(&place.at("")?.folder_url("")).await? {
        return Err(Error::new(ErrorKind::PlaceMissing, "open"));
    }
    for url in place.way() {
        if !is_folder(&url).await? {
            folders::make(&call, &url).await?;
        }
    }
    match is_folder(&url).await? {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::PlaceMissing, "open")),
    }
}

/// How the server replaces what is there. Apache and SabreDAV, and so Nextcloud
/// and ownCloud, gather what is sent beside it; nginx moves as the system does;
/// what others do was not seen to hold.
async fn replacing(http: &Http, place: &Place) -> Result<Replacing> {
    let call = http.call("open");
    let request = Request::new(Method::OPTIONS, place.folder_url(""));
    let answer = call.send(request).await?;
    let said = answer.headers.get_all("dav").into_iter();
    let said: Vec<_> = said.filter_map(|value| value.to_str().ok()).collect();
    let knows = |word| said.iter().any(|text| text.contains(word));
    let is_nginx = answer.header(&header::SERVER).is_some_and(|name| name.starts_with("nginx"));
    Ok(if knows("apache.org/dav") || knows("extended-mkcol") {
        Replacing::AtOnce
    } else if is_nginx && !knows("3") {
        Replacing::ByMove
    } else {
        Replacing::WithAGap
    })
}

/// The folders right in `place`.
async fn folders_in(http: &Http, place: &Place, below: &str) -> Result<Vec<Choice>> {
    let call: Call = http.call("list");
    let url = place.folder_url("");
    let answer = call.send(propfind(&url, "1", super::multistatus::ASKED)).await?;
    match answer.status {
        StatusCode::MULTI_STATUS => {}
        StatusCode::NOT_FOUND => return Err(Error::new(ErrorKind::PlaceMissing, "list")),
        status if status.is_success() => {
            return Err(Error::new(ErrorKind::NotThisService, "list"));
        }
        _ => return Err(call.refusal(&answer)),
    }
    let depth = super::place::parts_of(&url, &url).unwrap_or_default().len();
    let found = super::multistatus::parse(&answer.read(LISTING).await?, &url)?;
    let below = below.trim_matches('/');
    let mut choices: Vec<_> = found
        .into_iter()
        .filter(|found| found.is_folder && found.parts.len() == depth + 1)
        .filter_map(|found| found.parts.into_iter().next_back())
        .map(|label| {
            let value = if below.is_empty() { label.clone() } else { format!("{below}/{label}") };
            Choice { value, label }
        })
        .collect();
    choices.sort();
    Ok(choices)
}
