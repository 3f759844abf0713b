//! The terminal, from the moment it is taken over until it is given back, whatever happens.

use super::pace::Key;
use ratatui::crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, poll, read};
use ratatui::{DefaultTerminal, Frame};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Where the view is drawn, and where its keys come from.
pub trait Screen {
    fn draw(&mut self, draw: &mut dyn FnMut(&mut Frame)) -> io::Result<()>;

    /// The next key, if one comes in time.
    fn key(&mut self, wait: Duration) -> io::Result<Option<Key>>;
}

/// Whether a terminal is ours at present.
static TAKEN: AtomicBool = AtomicBool::new(false);

pub struct Terminal {
    terminal: DefaultTerminal,
}

impl Terminal {
    /// A panic gives the terminal back before it is told.
    pub fn take() -> io::Result<Terminal> {
        TAKEN.store(true, Ordering::Relaxed);
        match ratatui::try_init() {
            Ok(terminal) => Ok(Terminal { terminal }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }
}

/// For whoever ends the program while the view is on.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::Relaxed) {
        // There is nobody left to tell if this fails.
        let _ = ratatui::try_restore();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        give_back();
    }
}

impl Screen for Terminal {
    fn draw(&mut self, draw: &mut dyn FnMut(&mut Frame)) -> io::Result<()> {
        self.terminal.draw(|frame| draw(frame)).map(|_| ())
    }

    fn key(&mut self, wait: Duration) -> io::Result<Option<Key>> {
        if !poll(wait)? {
            return Ok(None);
        }
        Ok(Some(match read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => meaning(key),
            _ => Key::Other,
        }))
    }
}

fn meaning(key: KeyEvent) -> Key {
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Key::Quit,
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Key::Quit,
        KeyCode::Char(' ' | 'p') => Key::Pause,
        KeyCode::Char('.') | KeyCode::Right => Key::Step,
        KeyCode::Char('+' | '=') => Key::Faster,
        KeyCode::Char('-' | '_') => Key::Slower,
        KeyCode::Up | KeyCode::Char('k') => Key::Up,
        KeyCode::Down | KeyCode::Char('j') => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        _ => Key::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_mean_what_the_help_says() {
        let plain = |code| meaning(KeyEvent::new(code, KeyModifiers::NONE));
        assert_eq!(plain(KeyCode::Char(' ')), Key::Pause);
        assert_eq!((plain(KeyCode::Char('.')), plain(KeyCode::Right)), (Key::Step, Key::Step));
        assert_eq!((plain(KeyCode::Char('+')), plain(KeyCode::Char('-'))), (Key::Faster, Key::Slower));
        assert_eq!(plain(KeyCode::Char('q')), Key::Quit);
        assert_eq!(meaning(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Key::Quit);
        assert_eq!(plain(KeyCode::Char('c')), Key::Other);
    }
}
