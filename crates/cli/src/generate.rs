//! Shell completions and the manual, from the same words as `--help`.

use crate::{
    arguments::Arguments,
    failure::{Failure, Result},
    output::Output,
};
use app::{Code, Error};
use clap::CommandFactory;
use clap_complete::Shell;
use std::{fs, path::Path, process::ExitCode};

pub(crate) fn completions(shell: Shell) -> ExitCode {
    let mut text = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "keepstead", &mut text);
    let output = Output::plain();
    output.ended(output.bytes(&text).map(|()| ExitCode::SUCCESS))
}

pub(crate) fn man(folder: Option<&Path>) -> ExitCode {
    let output = Output::plain();
    output.ended(pages(output, folder).map(|()| ExitCode::SUCCESS))
}

fn pages(output: Output, folder: Option<&Path>) -> Result<()> {
    let command = Arguments::command();
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        return output.bytes(&page);
    };
    fs::create_dir_all(folder).map_err(|_| not_written(folder))?;
    clap_mangen::generate_to(command, folder).map_err(|_| not_written(folder))
}

fn not_written(path: &Path) -> Failure {
    Failure::App(Error {
        code: Code::OutputFailed,
        message: format!("{} cannot be written.", path.display()),
        hint: "Name a folder that this account may write to.".to_owned(),
        remedy: None,
    })
}
