//! What a study of many runs has done so far, line by line, so that it can go on where it was
//! broken off. The first line says of which study; each line carries a checksum. A study that
//! has come to its end takes its journal away.

use super::folder::OutputError;
use crate::parts::fingerprint::Fingerprint;
use flate2::Crc;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The first word of a journal, and the form that it has.
const KIND: &str = "spof-journal-1";

pub struct Journal {
    path: PathBuf,
    file: File,
}

/// A study, as its journal knows it.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Of everything that makes a difference to the runs.
    pub fingerprint: Fingerprint,
    /// For people.
    pub about: String,
}

/// What an earlier, unfinished study has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub lines: Vec<String>,
    /// Whether the last line was only half written, and has been dropped.
    pub was_torn: bool,
}

/// Why a journal cannot be gone on with.
#[derive(Debug)]
pub enum JournalError {
    /// It is one of another study, or of this one before something was changed.
    Foreign {
        path: PathBuf,
        about: String,
        lines: usize,
        same_about: bool,
    },
    /// A line that is not the last one is not as it was written.
    Damaged {
        path: PathBuf,
        line: usize,
    },
    Output(OutputError),
}

fn line_of(content: &str) -> String {
    format!("{:08x} {content}\n", checksum(content))
}

fn checksum(content: &str) -> u32 {
    let mut crc = Crc::new();
    crc.update(content.as_bytes());
    crc.sum()
}

/// What a line says, if it is as it was written.
fn content_of(line: &str) -> Option<&str> {
    let (sum, content) = line.split_once(' ')?;
    (u32::from_str_radix(sum, 16).ok()? == checksum(content)).then_some(content)
}

impl Journal {
    /// Opens the journal of a study, with what it holds from before; `anew` forgets that.
    pub fn open(path: &Path, identity: &Identity, anew: bool) -> Result<(Journal, Kept), JournalError> {
        let failed = |source| JournalError::Output(failed(path, source));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let header = format!("{KIND} {} {}", identity.fingerprint, identity.about);
        let bytes = match fs::read(path) {
            Ok(bytes) if !anew => bytes,
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => Vec::new(),
        };
        let (contents, whole) = read(path, &bytes)?;
        let was_torn = whole < bytes.len();
        let mut contents = contents.into_iter();
        let length = match contents.next() {
            Some(first) if first == header => whole,
            // Nothing has been done in it yet.
            Some(_) if contents.len() == 0 => 0,
            Some(first) => {
                let about = first.splitn(3, ' ').nth(2).unwrap_or_default().to_owned();
                let same_about = about == identity.about;
                let (path, lines) = (path.to_owned(), contents.len());
                return Err(JournalError::Foreign { path, about, lines, same_about });
            }
            None if line_of(&header).as_bytes().starts_with(&bytes) => 0,
            // Somebody else's file is no torn beginning of ours.
            None => return Err(JournalError::Damaged { path: path.to_owned(), line: 1 }),
        };
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(failed)?;
        file.set_len(length as u64).map_err(failed)?;
        let mut journal = Journal { path: path.to_owned(), file };
        if length == 0 {
            journal.file.write_all(line_of(&header).as_bytes()).map_err(failed)?;
        }
        Ok((journal, Kept { lines: contents.collect(), was_torn }))
    }

    /// A line is whole in the file when this returns, even if the program is then ended.
    pub fn add(&mut self, content: &str) -> Result<(), OutputError> {
        self.file.write_all(line_of(content).as_bytes()).map_err(|source| failed(&self.path, source))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The study is done.
    pub fn remove(self) -> Result<(), OutputError> {
        fs::remove_file(&self.path).map_err(|source| failed(&self.path, source))
    }
}

/// The lines, and how many bytes of them are whole.
fn read(path: &Path, bytes: &[u8]) -> Result<(Vec<String>, usize), JournalError> {
    let (mut contents, mut length) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok());
        match text.and_then(content_of) {
            Some(content) => contents.push(content.to_owned()),
            // Only the end of what was written last can be missing.
            None if length + line.len() == bytes.len() => break,
            None => {
                return Err(JournalError::Damaged { path: path.to_owned(), line: contents.len() + 1 });
            }
        }
        length += line.len();
    }
    Ok((contents, length))
}

fn failed(path: &Path, source: io::Error) -> OutputError {
    OutputError::Failed { action: "write", path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(number: u8) -> Identity {
        Identity { fingerprint: Fingerprint::of(&[number]), about: "a sweep".to_owned() }
    }

    #[test]
    fn what_was_written_is_there_when_the_study_goes_on() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deep/sweep.journal");
        let (mut journal, kept) = Journal::open(&path, &identity(1), false).unwrap();
        assert_eq!(kept, Kept::default());
        journal.add("0 0 1.5").unwrap();
        journal.add("0 1 NaN").unwrap();
        drop(journal);
        let (journal, kept) = Journal::open(&path, &identity(1), false).unwrap();
        assert_eq!(kept, Kept { lines: vec!["0 0 1.5".to_owned(), "0 1 NaN".to_owned()], was_torn: false });
        journal.remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_torn_last_line_is_dropped_wherever_it_was_torn() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sweep.journal");
        let (mut journal, _) = Journal::open(&path, &identity(1), false).unwrap();
        let header = fs::read(&path).unwrap().len();
        journal.add("first").unwrap();
        let first = fs::read(&path).unwrap().len();
        journal.add("second").unwrap();
        let whole = fs::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let (mut journal, kept) = Journal::open(&path, &identity(1), false).unwrap();
            assert_eq!(kept.lines.len(), usize::from(length >= first), "{length}");
            assert_eq!(kept.was_torn, ![0, header, first].contains(&length), "{length}");
            journal.add("third").unwrap();
            let (_, kept) = Journal::open(&path, &identity(1), false).unwrap();
            assert_eq!(kept.lines.last().unwrap(), "third");
        }
    }

    #[test]
    fn a_foreign_or_damaged_journal_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("sweep.journal");
        let (mut journal, _) = Journal::open(&path, &identity(1), false).unwrap();
        journal.add("first").unwrap();
        journal.add("second").unwrap();
        let refused = Journal::open(&path, &identity(2), false).err().unwrap();
        assert!(matches!(refused, JournalError::Foreign { lines: 2, same_about: true, .. }), "{refused:?}");
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, whole.replace("first", "worst")).unwrap();
        let refused = Journal::open(&path, &identity(1), false).err().unwrap();
        assert!(matches!(refused, JournalError::Damaged { line: 2, .. }), "{refused:?}");
        assert!(fs::read_to_string(&path).unwrap().contains("worst"));
        let (_, kept) = Journal::open(&path, &identity(1), true).unwrap();
        assert!(kept.lines.is_empty());
        let (_, kept) = Journal::open(&path, &identity(2), false).unwrap();
        assert!(kept.lines.is_empty(), "in whose journal nothing stands nobody is robbed");
        fs::write(&path, "notes of my own").unwrap();
        let refused = Journal::open(&path, &identity(1), false).err().unwrap();
        assert!(matches!(refused, JournalError::Damaged { line: 1, .. }), "{refused:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "notes of my own");
    }
}
