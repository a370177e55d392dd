//! nginx: WebDAV without locks, as people set it up who know nginx.

use std::{fs, io, path::Path, process::Command};

use crate::{
    Process, accessors::accessors_with_password, apache, folder::Folder, ports::free_port, programs,
};

/// Debian's module for PROPFIND and OPTIONS.
const DAV_EXT: &str = "/usr/lib/nginx/modules/ngx_http_dav_ext_module.so";

/// A running nginx that asks for user and password.
#[derive(Debug)]
pub struct Nginx {
    process: Process,
    port: u16,
}

accessors_with_password!(Nginx);

impl Nginx {
    /// Starts it for bodies of any size.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        Self::with_body_limit(0)
    }

    /// Starts it so that it answers 413 to bodies of more bytes, as it does
    /// beyond 1 MiB where nobody sets it up.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with_body_limit(bytes: u64) -> io::Result<Self> {
        let folder = Folder::new()?;
        folder.shared("data")?;
        folder.shared("bodies")?;
        apache::write_users(folder.path())?;
        let module = programs::found([DAV_EXT.into()].into_iter(), "ngx_http_dav_ext_module.so")?;
        let port = free_port()?;
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration(folder.path(), &module, port, bytes))?;
        let mut command = Command::new(programs::program("nginx")?);
        command.arg("-c").arg(file).arg("-e").arg("stderr").arg("-p").arg(folder.path());
        let process = Process::start("nginx", command, folder, &[port])?.unasked();
        Ok(Self { process, port })
    }

    /// Its address, with a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

fn configuration(folder: &Path, module: &Path, port: u16, limit: u64) -> String {
    let (folder, module) = (folder.display(), module.display());
    format!(
        "daemon off;\nload_module {module};\npid {folder}/pid;\nerror_log stderr;\n\
         user www-data;\nworker_processes 2;\nevents {{}}\n\
         http {{\n  access_log off;\n  client_max_body_size {limit};\n  \
         client_body_temp_path {folder}/bodies;\n  proxy_temp_path {folder}/unused;\n  \
         fastcgi_temp_path {folder}/unused;\n  uwsgi_temp_path {folder}/unused;\n  \
         scgi_temp_path {folder}/unused;\n  \
         server {{\n    listen 127.0.0.1:{port};\n    root {folder}/data;\n    \
         auth_basic files;\n    auth_basic_user_file {folder}/users;\n    \
         dav_methods PUT DELETE MKCOL COPY MOVE;\n    dav_ext_methods PROPFIND OPTIONS;\n    \
         dav_access user:rw group:r all:r;\n    create_full_put_path on;\n  }}\n}}\n"
    )
}
