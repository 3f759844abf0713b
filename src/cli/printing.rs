//! The terminal. Colours are taken out where nobody sees them, and where `NO_COLOR` is set.

use crate::output::terminal::glance::Letters;
use owo_colors::OwoColorize;
use std::io::{self, ErrorKind, Write};

/// A reader that has seen enough (`spof … | head`) is no failure.
pub fn print(text: &str) -> io::Result<()> {
    let mut terminal = anstream::stdout().lock();
    match terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// What may be too long to be kept in memory first.
pub fn stream<E>(write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E> {
    let mut terminal = io::BufWriter::new(Patient(io::stdout().lock()));
    write(&mut terminal)
}

/// Takes no offence at a reader that has seen enough.
struct Patient<W: Write>(W);

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}

/// Blocks and bars for a person at a terminal; plain letters for files, programs, and those
/// who ask for them with `NO_COLOR`.
pub fn letters() -> Letters {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => Letters::Ascii,
        _ => Letters::Unicode,
    }
}

/// To standard error; if that is closed, there is nobody left to tell.
pub fn print_aside(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

pub fn print_error(message: &str) {
    print_aside(&format!("{} {message}\n", "error:".red().bold()));
}
