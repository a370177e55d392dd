//! What all servers tell about themselves.

/// Methods of a server with the fields `process` and `port`.
macro_rules! accessors {
    ($server:ty) => {
        impl $server {
            /// The port that it listens on.
            #[must_use]
            pub fn port(&self) -> u16 {
                self.port
            }

            /// The folder in which what it keeps lies.
            #[must_use]
            pub fn data(&self) -> std::path::PathBuf {
                self.process.folder().join("data")
            }

            /// Its own folder.
            #[must_use]
            pub fn folder(&self) -> &std::path::Path {
                self.process.folder()
            }

            /// Its process, to kill and restart it.
            pub fn process(&mut self) -> &mut $crate::Process {
                &mut self.process
            }
        }
    };
}

/// The same for one that asks for user and password.
macro_rules! accessors_with_password {
    ($server:ty) => {
        $crate::accessors::accessors!($server);

        impl $server {
            /// Who may come in.
            #[must_use]
            pub fn user(&self) -> &'static str {
                $crate::USER
            }

            /// With what.
            #[must_use]
            pub fn password(&self) -> &'static str {
                $crate::PASSWORD
            }
        }
    };
}

pub(crate) use {accessors, accessors_with_password};
