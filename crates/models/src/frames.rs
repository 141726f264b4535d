//! Cutting a stream into documents, wherever the network cuts it into packets.

/// How a stream is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// Server-sent events: the `data` of each. <https://html.spec.whatwg.org/multipage/server-sent-events.html>
    Events,
    /// A document a line.
    Lines,
}

/// The part of a stream that is not a whole document yet.
#[derive(Debug)]
pub(crate) struct Frames {
    framing: Framing,
    /// Bytes after the last line end.
    rest: Vec<u8>,
    /// `data` lines of the event in progress.
    data: Vec<u8>,
}

impl Frames {
    pub(crate) fn new(framing: Framing) -> Self {
        Self { framing, rest: Vec::new(), data: Vec::new() }
    }

    /// Takes bytes as they came; calls back with each document that they complete.
    pub(crate) fn push(&mut self, bytes: &[u8], found: &mut dyn FnMut(&[u8])) {
        for part in bytes.split_inclusive(|b| *b == b'\n') {
            self.rest.extend_from_slice(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.rest);
                self.line(trim(&line), found);
            }
        }
    }

    /// After the last byte: what was not ended by a line end.
    pub(crate) fn finish(&mut self, found: &mut dyn FnMut(&[u8])) {
        let line = std::mem::take(&mut self.rest);
        self.line(trim(&line), found);
        self.line(b"", found);
    }

    fn line(&mut self, line: &[u8], found: &mut dyn FnMut(&[u8])) {
        match self.framing {
            Framing::Lines if line.is_empty() => {}
            Framing::Lines => found(line),
            Framing::Events if line.is_empty() => {
                if !self.data.is_empty() {
                    found(&std::mem::take(&mut self.data));
                }
            }
            Framing::Events => {
                let Some(data) = line.strip_prefix(b"data:") else { return };
                if !self.data.is_empty() {
                    self.data.push(b'\n');
                }
                self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
            }
        }
    }
}

fn trim(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(framing: Framing, parts: &[&[u8]]) -> Vec<String> {
        let (mut frames, mut found) = (Frames::new(framing), Vec::new());
        let mut keep = |document: &[u8]| found.push(String::from_utf8(document.to_vec()).unwrap());
        parts.iter().for_each(|part| frames.push(part, &mut keep));
        frames.finish(&mut keep);
        found
    }

    #[test]
    fn documents_are_the_same_wherever_the_stream_is_cut() {
        let events =
            "event: x\r\ndata: {\"a\":\r\ndata: \"ü\"}\r\n\r\n: ping\n\ndata:{\"b\":1}\n\ndata: [DONE]".as_bytes();
        let lines = "{\"a\":\"ü\"}\n\r\n{\"b\":1}".as_bytes();
        let expected_events = ["{\"a\":\n\"ü\"}", "{\"b\":1}", "[DONE]"];
        let expected_lines = ["{\"a\":\"ü\"}", "{\"b\":1}"];
        for at in 0..events.len() {
            assert_eq!(cut(Framing::Events, &[&events[..at], &events[at..]]), expected_events, "cut at {at}");
        }
        for at in 0..lines.len() {
            assert_eq!(cut(Framing::Lines, &[&lines[..at], &lines[at..]]), expected_lines, "cut at {at}");
        }
        let bytes: Vec<&[u8]> = events.chunks(1).collect();
        assert_eq!(cut(Framing::Events, &bytes), expected_events, "byte by byte");
    }
}
