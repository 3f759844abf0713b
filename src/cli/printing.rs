//! The terminal: how wide it is, which letters it has, and writing to it. Colours are taken out
//! where nobody sees them, and where `NO_COLOR` is set.

use crate::output::terminal::letters::Letters;
use crate::output::terminal::page::Page;
use console::Term;
use owo_colors::OwoColorize;
use std::env;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Says how wide a page is, whatever the terminal says, and also where there is none.
const COLUMNS: &str = "COLUMNS";
/// The first of these that says anything says which letters there are.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

/// For people: folded to the width of the terminal, in its letters.
pub fn print(text: &str) -> io::Result<()> {
    print_data(&page().fitted(text))
}

/// For programs: as it is. A reader that has seen enough (`spof … | head`) is no failure.
pub fn print_data(text: &str) -> io::Result<()> {
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

/// That of standard output.
pub fn page() -> Page {
    page_of(&io::stdout(), &Term::stdout())
}

/// That of standard error.
pub fn page_aside() -> Page {
    page_of(&io::stderr(), &Term::stderr())
}

fn page_of(stream: &impl IsTerminal, terminal: &Term) -> Page {
    let size = stream.is_terminal().then(|| terminal.size_checked()).flatten();
    let columns = size.map(|(_, columns)| usize::from(columns));
    page_that(columns, |name| env::var(name).ok())
}

/// As the terminal and the variables of the environment have it. What goes into a pipe is read
/// nobody knows where.
fn page_that(terminal_columns: Option<usize>, variable: impl Fn(&str) -> Option<String>) -> Page {
    let said = variable(COLUMNS).and_then(|text| text.trim().parse().ok()).filter(|columns| *columns > 0);
    match said.or(terminal_columns) {
        Some(columns) => Page::of_columns(columns, letters_that(variable)),
        None => Page::endless(),
    }
}

/// Where nothing is said, today's terminals are taken for what they are.
fn letters_that(variable: impl Fn(&str) -> Option<String>) -> Letters {
    let said = LOCALE.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
    let is_unicode = said.is_none_or(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    if is_unicode { Letters::Unicode } else { Letters::Ascii }
}

/// Of the live view, which draws without colours in the plainest letters.
#[cfg_attr(not(feature = "tui"), allow(dead_code))]
pub fn letters_of_pictures() -> Letters {
    match anstream::AutoStream::choice(&io::stdout()) {
        anstream::ColorChoice::Never => Letters::Ascii,
        _ => page().strokes(),
    }
}

/// To standard error; if that is closed, there is nobody left to tell.
pub fn print_aside(text: &str) {
    let _ = anstream::stderr().lock().write_all(page_aside().fitted(text).as_bytes());
}

pub fn print_error(message: &str) {
    print_aside(&format!("{} {message}\n", "error:".red().bold()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_with(columns: Option<usize>, variables: &[(&str, &str)]) -> Page {
        let found = |name: &str| variables.iter().find(|(known, _)| *known == name);
        page_that(columns, |name| found(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn a_page_is_as_wide_as_the_terminal_unless_columns_says_else() {
        assert_eq!(page_with(Some(132), &[]).columns(), Some(132));
        assert_eq!(page_with(Some(132), &[("COLUMNS", "80")]).columns(), Some(80));
        assert_eq!(page_with(Some(132), &[("COLUMNS", "wide")]).columns(), Some(132));
        assert_eq!(page_with(None, &[("COLUMNS", "90")]).columns(), Some(90));
        assert_eq!(page_with(None, &[("COLUMNS", "0")]).columns(), None);
    }

    #[test]
    fn letters_are_those_of_the_locale() {
        let letters = |variables: &[(&str, &str)]| page_with(Some(80), variables).letters();
        assert_eq!(letters(&[]), Letters::Unicode);
        assert_eq!(letters(&[("LANG", "de_DE.UTF-8")]), Letters::Unicode);
        assert_eq!(letters(&[("LANG", "C.utf8"), ("LC_ALL", "")]), Letters::Unicode);
        assert_eq!(letters(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]), Letters::Ascii);
        assert_eq!(letters(&[("LANG", "de_DE.ISO-8859-1")]), Letters::Ascii);
    }
}
