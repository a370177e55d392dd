//! Azure Blob Storage.

mod form;

use crate::{
    Descriptor, Values,
    http::host_of,
    objects::{Service, Traits, capabilities, joined},
};
use opendal::{Operator, services};
use storage::{Capabilities, Error, ErrorKind, Result};

/// Azure Blob Storage.
#[derive(Debug)]
pub(crate) struct Azure;

impl Service for Azure {
    fn descriptor(&self) -> &'static Descriptor {
        &form::DESCRIPTOR
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        form::check(values)
    }

    fn location(&self, values: &Values) -> String {
        let host = host_of(&endpoint(values)).unwrap_or_default();
        format!("{} at {host}", joined(&[values.text("container"), values.text("folder")]))
    }

    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        let place = joined(&[values.text("folder"), below]);
        Some(format!("azure:{}:/{place}", values.text("container")))
    }

    fn operator(&self, values: &Values, folder: &str) -> Result<Operator> {
        operator(values, folder)
    }

    fn traits(&self, values: &Values) -> Traits {
        Traits {
            capabilities: Capabilities {
                atomic_create: true,
                max_object: Some(190 << 40),
                delete_batch: 256,
                ..capabilities(values)
            },
            conditions: true,
            // "Range: bytes=-n" is not among those it takes.
            suffixes: false,
            parts: true,
        }
    }
}

fn endpoint(values: &Values) -> String {
    match values.text("endpoint").trim().trim_end_matches('/') {
        "" => format!("https://{}.blob.core.windows.net", values.text("account").trim()),
        said => said.to_owned(),
    }
}

fn operator(values: &Values, folder: &str) -> Result<Operator> {
    let mut builder = services::Azblob::default()
        .endpoint(&endpoint(values))
        .account_name(values.text("account").trim())
        .container(values.text("container").trim())
        .root(&format!("/{}", folder.trim_matches('/')));
    builder = match values.text("sign_in") {
        "sas" => {
            builder.sas_token(values.secret("sas").unwrap_or_default().trim_start_matches('?'))
        }
        _ => builder.account_key(values.secret("key").unwrap_or_default()),
    };
    Operator::new(builder).map_err(|error| {
        // The key is no base64, which is all that is looked at here.
        Error::new(ErrorKind::BadCredentials, "open").because(format!("{}", error.kind()))
    })
}
