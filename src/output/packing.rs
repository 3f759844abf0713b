//! Files that are packed while they are written: `.gz` and `.zst`.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    #[default]
    None,
    Gzip,
    Zstandard,
}

/// A file that is written packed, or as it is.
pub enum Packed<W: Write> {
    Plain(W),
    Gzip(Box<GzEncoder<W>>),
    Zstandard(Frames<W>),
}

impl<W: Write> Packed<W> {
    pub fn new(file: W, packing: Packing) -> Packed<W> {
        match packing {
            Packing::None => Packed::Plain(file),
            // Its header holds neither a name nor a date.
            Packing::Gzip => Packed::Gzip(Box::new(GzEncoder::new(file, Compression::default()))),
            Packing::Zstandard => Packed::Zstandard(Frames { file, gathered: Vec::new() }),
        }
    }

    /// Writes what is left.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Packed::Plain(mut file) => file.flush(),
            Packed::Gzip(encoder) => encoder.finish()?.flush(),
            Packed::Zstandard(mut frames) => {
                frames.pack()?;
                frames.file.flush()
            }
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packed::Plain(file) => file.write(bytes),
            Packed::Gzip(encoder) => encoder.write(bytes),
            Packed::Zstandard(frames) => frames.take(bytes),
        }
    }

    /// What is not yet packed waits for more: only the end flushes it.
    fn flush(&mut self) -> io::Result<()> {
        match self {
            Packed::Plain(file) => file.flush(),
            Packed::Gzip(_) | Packed::Zstandard(_) => Ok(()),
        }
    }
}

/// Zstandard allows frames to follow each other, so that each piece can be packed by itself.
pub struct Frames<W: Write> {
    file: W,
    gathered: Vec<u8>,
}

/// So much goes into a frame.
#[cfg(feature = "zstd")]
const FRAME_BYTES: usize = 4 << 20;

impl<W: Write> Frames<W> {
    #[cfg(feature = "zstd")]
    fn take(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= FRAME_BYTES {
            self.pack()?;
        }
        Ok(bytes.len())
    }

    #[cfg(feature = "zstd")]
    fn pack(&mut self) -> io::Result<()> {
        use ruzstd::encoding::{CompressionLevel, compress_to_vec};
        let packed = compress_to_vec(self.gathered.as_slice(), CompressionLevel::Fastest);
        self.gathered.clear();
        self.file.write_all(&packed)
    }

    #[cfg(not(feature = "zstd"))]
    fn take(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("this spof was built without the feature `zstd`; take .gz"))
    }

    #[cfg(not(feature = "zstd"))]
    fn pack(&mut self) -> io::Result<()> {
        debug_assert!(self.gathered.is_empty());
        Ok(())
    }
}

/// Reads what has been packed. A file that is not packed is read as it is.
pub fn unpacked<'r>(packing: Packing, source: impl io::BufRead + 'r) -> io::Result<Box<dyn io::Read + 'r>> {
    Ok(match packing {
        Packing::None => Box::new(source),
        Packing::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(source)),
        Packing::Zstandard => unpacked_frames(source)?,
    })
}

#[cfg(feature = "zstd")]
fn unpacked_frames<'r>(source: impl io::BufRead + 'r) -> io::Result<Box<dyn io::Read + 'r>> {
    Ok(Box::new(FrameReader { source: Some(source), decoder: None }))
}

#[cfg(not(feature = "zstd"))]
fn unpacked_frames<'r>(_source: impl io::BufRead + 'r) -> io::Result<Box<dyn io::Read + 'r>> {
    Err(io::Error::other("this spof was built without the feature `zstd`"))
}

#[cfg(feature = "zstd")]
type Decoder<R> = ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>;

/// One frame after the other.
#[cfg(feature = "zstd")]
struct FrameReader<R: io::BufRead> {
    source: Option<R>,
    decoder: Option<Decoder<R>>,
}

#[cfg(feature = "zstd")]
impl<R: io::BufRead> io::Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(decoder) = &mut self.decoder {
                let read = decoder.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                self.source = self.decoder.take().map(Decoder::into_inner);
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if source.fill_buf()?.is_empty() {
                self.source = Some(source);
                return Ok(0);
            }
            self.decoder = Some(Decoder::new(source).map_err(io::Error::other)?);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn packed(packing: Packing, text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut file = Packed::new(&mut bytes, packing);
        for piece in text.chunks(300_000) {
            file.write_all(piece).unwrap();
        }
        file.finish().unwrap();
        bytes
    }

    fn text() -> Vec<u8> {
        (0..400_000)
            .flat_map(|number: u32| format!("{},page,{}\n", number, number % 977).into_bytes())
            .collect()
    }

    fn all() -> Vec<Packing> {
        let zstandard = cfg!(feature = "zstd").then_some(Packing::Zstandard);
        [Packing::None, Packing::Gzip].into_iter().chain(zstandard).collect()
    }

    #[test]
    fn what_was_packed_can_be_unpacked_and_is_smaller() {
        let text = text();
        for packing in all() {
            let bytes = packed(packing, &text);
            assert_eq!(bytes.len() < text.len() / 2, packing != Packing::None, "{packing:?}");
            let mut read = Vec::new();
            unpacked(packing, bytes.as_slice()).unwrap().read_to_end(&mut read).unwrap();
            assert!(read == text, "{packing:?}");
            assert!(packed(packing, &text) == bytes);
        }
    }

    #[test]
    fn what_is_cut_off_is_no_whole_file() {
        for packing in all().into_iter().filter(|packing| *packing != Packing::None) {
            let bytes = packed(packing, &text()[..100_000]);
            let read = unpacked(packing, &bytes[..bytes.len() / 2]).unwrap().read_to_end(&mut Vec::new());
            assert!(read.is_err(), "{packing:?}");
        }
    }
}
