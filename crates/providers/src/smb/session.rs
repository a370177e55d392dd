//! Reaching a server, signing in and connecting to a share.
//!
//! Invariant: whatever is sent after signing in is signed or encrypted. A
//! server that offers a guest's session instead of the account's is refused.
//!
//! Deliberately absent: looking for another server that a namespace (DFS)
//! refers to, and compression, because what is backed up is compressed already.

use super::{
    errors::{Fault, of_sign_in},
    messages::unpack,
    wire::Wire,
};
use crate::{Secret, Values};
use smb2::{
    Session,
    client::{Connection, list_shares},
    crypto::encryption::Cipher,
    msg::tree_connect::{
        ShareType, TreeConnectRequest, TreeConnectRequestFlags, TreeConnectResponse,
    },
    transport::tcp::ConnectOptions,
    types::{
        Command,
        flags::{FileAccessMask, ShareCapabilities, ShareFlags},
        status::NtStatus,
    },
};
use std::{sync::Arc, time::Duration};
use storage::{Error, ErrorKind, Result, Retry};

/// So many operations at once serve a share best, unless something was said.
pub(super) const CONCURRENCY: u64 = 4;
/// So many seconds a server may say nothing, unless something was said.
pub(super) const PATIENCE: u64 = 60;
/// The port of SMB.
pub(super) const PORT: u16 = 445;
/// So long it may take to find a server.
const CONNECT: Duration = Duration::from_secs(20);

/// What was said about a share.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) share: String,
    /// Below the share, with slashes; empty for the share itself.
    pub(super) folder: String,
    user: String,
    password: Secret,
    domain: String,
    pub(super) concurrency: usize,
    pub(super) patience: Duration,
}

impl Settings {
    pub(super) fn of(values: &Values) -> Self {
        let number = |key, otherwise| values.number(key).unwrap_or(otherwise);
        Self {
            host: values.text("host").trim().trim_matches(['[', ']']).to_owned(),
            port: u16::try_from(number("port", PORT.into())).unwrap_or(PORT),
            share: values.text("share").trim().to_owned(),
            folder: values.text("folder").trim().trim_matches('/').to_owned(),
            user: values.text("user").trim().to_owned(),
            password: Secret::new(values.secret("password").unwrap_or_default().to_owned()),
            domain: values.text("domain").trim().to_owned(),
            concurrency: usize::try_from(number("concurrency", CONCURRENCY)).unwrap_or(4).max(1),
            patience: Duration::from_secs(number("timeout", PATIENCE).max(1)),
        }
    }

    /// Where it is, in words for a person.
    pub(super) fn location(&self) -> String {
        let (host, share) = (&self.host, &self.share);
        let port = if self.port == PORT { String::new() } else { format!(":{}", self.port) };
        let folder = match &*self.folder {
            "" => String::new(),
            folder => format!("/{folder}"),
        };
        format!("smb://{host}{port}/{share}{folder}")
    }

    /// Reaches the server and signs in.
    async fn sign_in(&self, operation: &'static str) -> Result<(Connection, Session)> {
        let address = if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        };
        let within = ConnectOptions::with_timeout(self.patience.min(CONNECT));
        let unreachable = |error: smb2::Error| {
            Error::new(ErrorKind::Unreachable, operation).because(Fault::from(error))
        };
        let mut connection =
            Connection::connect_with(&address, within).await.map_err(unreachable)?;
        connection.set_response_timeout(Some(self.patience));
        connection.set_send_timeout(Some(self.patience));
        connection.negotiate().await.map_err(|error| foreign(error, operation))?;
        let session =
            Session::setup(&mut connection, &self.user, self.password.reveal(), &self.domain)
                .await
                .map_err(|error| of_sign_in(Fault::from(error), operation))?;
        if !session.should_sign && !session.should_encrypt {
            return Err(Error::new(ErrorKind::Untrusted, operation)
                .because("the server offers a session that is neither signed nor encrypted"));
        }
        Ok((connection, session))
    }

    /// The shares of the server that hold files.
    pub(super) async fn shares(&self, operation: &'static str) -> Result<Vec<String>> {
        let (mut connection, _) = self.sign_in(operation).await?;
        let shares = list_shares(&mut connection).await;
        let shares = shares.map_err(|error| Fault::from(error).told(operation, ""))?;
        Ok(shares.into_iter().map(|share| share.name).collect())
    }

    /// Connects to the share.
    ///
    /// # Errors
    /// [`ErrorKind::PlaceMissing`] when there is no such share.
    pub(super) async fn connect(&self, operation: &'static str) -> Result<Arc<Wire>> {
        let (mut connection, session) = self.sign_in(operation).await?;
        let server = connection.server_name().to_owned();
        let request = TreeConnectRequest {
            flags: TreeConnectRequestFlags::default(),
            path: format!(r"\\{server}\{}", self.share),
        };
        let answer = connection.execute(Command::TreeConnect, &request, None).await;
        let frame = answer.map_err(|error| Fault::from(error).told(operation, ""))?;
        if frame.header.status != NtStatus::SUCCESS {
            let fault = Fault::Refused(frame.header.status, Command::TreeConnect);
            if frame.header.status == NtStatus::BAD_NETWORK_NAME {
                return Err(Error::new(ErrorKind::PlaceMissing, operation)
                    .because("the server has no share of this name"));
            }
            return Err(fault.told(operation, ""));
        }
        let share: TreeConnectResponse =
            unpack(&frame).map_err(|fault| fault.told(operation, ""))?;
        let Some(tree) = frame.header.tree_id else {
            return Err(Fault::Malformed("a share without a number").told(operation, ""));
        };
        if share.share_type != ShareType::Disk {
            return Err(
                Error::new(ErrorKind::PlaceMissing, operation).because("this share holds no files")
            );
        }
        if share.share_flags.contains(ShareFlags::new(ShareFlags::ENCRYPT_DATA).bits())
            && !connection.should_encrypt()
            && let (Some(out), Some(back)) = (&session.encryption_key, &session.decryption_key)
        {
            let cipher = connection.params().and_then(|params| params.cipher);
            let cipher = cipher.unwrap_or(Cipher::Aes128Ccm);
            connection.activate_encryption(out.clone(), back.clone(), cipher);
        }
        let namespace = share.capabilities.contains(ShareCapabilities::DFS).then(|| {
            connection.register_dfs_tree(tree);
            format!("{server}\\{}", self.share)
        });
        // Bits that any way of adding a file needs.
        let writable = share.maximal_access & FileAccessMask::FILE_WRITE_DATA != 0;
        Ok(Wire::new(connection, tree, namespace, writable))
    }
}

/// What answered does not speak SMB, or hung up because it does not.
fn foreign(error: smb2::Error, operation: &'static str) -> Error {
    use smb2::ErrorKind as Kind;
    match error.kind() {
        Kind::TimedOut => {
            Error::new(ErrorKind::NotThisService, operation).retry_advice(Retry::Soon)
        }
        _ => Error::new(ErrorKind::NotThisService, operation),
    }
    .because(Fault::from(error))
}
