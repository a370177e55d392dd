//! Proving to a server who one is, once it has proved who it is.
//!
//! Deliberately absent: several methods one after the other (a key and then a
//! code), certificates of users, and Kerberos.

use super::{
    errors::Lost,
    settings::{KeySource, Settings, SignIn},
};
use russh::{
    MethodKind, MethodSet,
    client::{AuthResult, Handle, Handler, KeyboardInteractiveAuthResponse as Answer},
    keys::{
        HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey,
        agent::{AgentIdentity, client::AgentClient, client::AgentStream},
        decode_secret_key,
    },
};
use std::{path::PathBuf, sync::Arc};
use storage::ErrorKind;
use zeroize::Zeroizing;

type Agent = AgentClient<Box<dyn AgentStream + Send + Unpin>>;

/// Signs in.
///
/// # Errors
/// [`ErrorKind::BadCredentials`], or what ended the connection.
pub(super) async fn sign_in<H: Handler>(
    server: &mut Handle<H>,
    settings: &Settings,
) -> Result<(), Lost> {
    let user = &settings.user;
    let result = match &settings.sign_in {
        SignIn::Password(password) => with_password(server, user, password.reveal()).await?,
        SignIn::Key { source, passphrase } => {
            let passphrase = passphrase.clone();
            let key = private_key(source.clone(), passphrase).await?;
            let hash = rsa_hash(server, key.public_key()).await?;
            let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
            server.authenticate_publickey(user, key).await.map_err(lost)?
        }
        SignIn::Agent(socket) => with_agent(server, user, socket.clone()).await?,
    };
    match result {
        AuthResult::Success => Ok(()),
        AuthResult::Failure { partial_success: true, remaining_methods } => Err(refused(&format!(
            "the server asks for more than this: {}",
            names(&remaining_methods)
        ))),
        AuthResult::Failure { remaining_methods, .. } if server.is_closed() => {
            let _ = remaining_methods;
            Err(Lost::new(ErrorKind::Unreachable, "the connection ended during the sign-in"))
        }
        AuthResult::Failure { remaining_methods, .. } => Err(refused(&format!(
            "the server does not accept it; it takes: {}",
            names(&remaining_methods)
        ))),
    }
}

fn refused(why: &str) -> Lost {
    Lost::new(ErrorKind::BadCredentials, why)
}

fn lost(error: impl std::fmt::Display) -> Lost {
    Lost::new(ErrorKind::Unreachable, error)
}

fn names(methods: &MethodSet) -> String {
    let names: Vec<&str> = methods.iter().map(Into::into).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// Tries a password; a server that asks for it as one of several questions is
/// answered as well.
async fn with_password<H: Handler>(
    server: &mut Handle<H>,
    user: &str,
    password: &str,
) -> Result<AuthResult, Lost> {
    let result = server.authenticate_password(user, password).await.map_err(lost)?;
    let AuthResult::Failure { remaining_methods, partial_success } = &result else {
        return Ok(result);
    };
    // A server that takes passwords has just refused this one. Asking the same
    // again in another way would count against the user.
    let asks = remaining_methods.contains(&MethodKind::KeyboardInteractive);
    if *partial_success || !asks || remaining_methods.contains(&MethodKind::Password) {
        return Ok(result);
    }
    let mut answer =
        server.authenticate_keyboard_interactive_start(user, None).await.map_err(lost)?;
    let mut answered = false;
    loop {
        answer = match answer {
            Answer::Success => return Ok(AuthResult::Success),
            Answer::Failure { remaining_methods, partial_success } => {
                return Ok(AuthResult::Failure { remaining_methods, partial_success });
            }
            Answer::InfoRequest { prompts, .. } => {
                let hidden = prompts.iter().filter(|prompt| !prompt.echo).count();
                if hidden > 1 || hidden != prompts.len() || (answered && hidden > 0) {
                    return Err(refused("the server asks for more than a password"));
                }
                answered |= hidden > 0;
                let responses = prompts.iter().map(|_| password.to_owned()).collect();
                server.authenticate_keyboard_interactive_respond(responses).await.map_err(lost)?
            }
        };
    }
}

/// Reads a private key, which takes a while when it has a passphrase.
async fn private_key(
    source: KeySource,
    passphrase: Option<crate::Secret>,
) -> Result<PrivateKey, Lost> {
    let reading = tokio::task::spawn_blocking(move || {
        let text = match &source {
            KeySource::Text(text) => Zeroizing::new(text.reveal().to_owned()),
            KeySource::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => Zeroizing::new(text),
                Err(error) => {
                    let path = path.display();
                    return Err(refused(&format!(
                        "the private key {path} cannot be read: {error}"
                    )));
                }
            },
        };
        // Pasted text may have lost its line ends or gained blanks.
        let text = Zeroizing::new(format!("{}\n", text.trim()));
        let given = passphrase.as_ref().map(crate::Secret::reveal);
        decode_secret_key(&text, given).map_err(|error| {
            refused(&match (error, given) {
                (russh::keys::Error::KeyIsEncrypted, None) => {
                    "the private key needs its passphrase".to_owned()
                }
                (error, Some(_)) => {
                    format!("the private key does not open with this passphrase: {error}")
                }
                (error, None) => format!("this is no private key that can be used: {error}"),
            })
        })
    });
    reading.await.map_err(|error| Lost::new(ErrorKind::Other, error))?
}

/// The hash to sign with by an RSA key, as the server says.
async fn rsa_hash<H: Handler>(
    server: &Handle<H>,
    key: &PublicKey,
) -> Result<Option<HashAlg>, Lost> {
    if !key.algorithm().is_rsa() {
        return Ok(None);
    }
    // A server that does not say takes the newer ones too, since 2016.
    let said = server.best_supported_rsa_hash().await.map_err(lost)?;
    Ok(said.unwrap_or(Some(HashAlg::Sha512)))
}

/// Offers the keys of an agent, one after the other.
async fn with_agent<H: Handler>(
    server: &mut Handle<H>,
    user: &str,
    socket: Option<PathBuf>,
) -> Result<AuthResult, Lost> {
    let unusable = |error: russh::keys::Error| refused(&format!("the SSH agent: {error}"));
    let mut agent = agent(socket).await.map_err(unusable)?;
    if let Some(binding) = server.agent_session_binding() {
        // Agents that do not know it have no keys that need it.
        let _ = agent.bind_session(binding, false).await;
    }
    let identities = agent.request_identities().await.map_err(unusable)?;
    let mut result = None;
    for identity in identities {
        let AgentIdentity::PublicKey { key, .. } = identity else { continue };
        let hash = rsa_hash(server, &key).await?;
        match server.authenticate_publickey_with(user, key, hash, &mut agent).await {
            Ok(AuthResult::Failure { remaining_methods, partial_success }) => {
                let over = partial_success || server.is_closed();
                let goes_on = remaining_methods.contains(&MethodKind::PublicKey);
                result = Some(AuthResult::Failure { remaining_methods, partial_success });
                if over || !goes_on {
                    break;
                }
            }
            Ok(success) => return Ok(success),
            // The agent did not sign: its user said no, or it is locked.
            Err(_) => {}
        }
    }
    result.ok_or_else(|| refused("the SSH agent has no key that can be used"))
}

#[cfg(unix)]
async fn agent(socket: Option<PathBuf>) -> Result<Agent, russh::keys::Error> {
    let agent = match socket {
        Some(socket) => AgentClient::connect_uds(socket).await?,
        None => AgentClient::connect_env().await?,
    };
    Ok(agent.dynamic())
}

#[cfg(windows)]
async fn agent(pipe: Option<PathBuf>) -> Result<Agent, russh::keys::Error> {
    if let Some(pipe) = pipe {
        return Ok(AgentClient::connect_named_pipe(pipe).await?.dynamic());
    }
    match AgentClient::connect_named_pipe(r"\\.\pipe\openssh-ssh-agent").await {
        Ok(agent) => Ok(agent.dynamic()),
        Err(_) => Ok(AgentClient::connect_pageant().await?.dynamic()),
    }
}
