//! Limits that bound time and memory without a clock: bytes, pages, nesting and counted work.

/// What a reader takes on at most. One value serves all readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pages of a PDF.
    pub pages: usize,
    /// Bytes of all streams of a PDF when unpacked, counted before anything is interpreted.
    pub inflated: usize,
    /// Objects of a PDF.
    pub objects: usize,
    /// Nesting of arrays and dictionaries, of drawings in drawings, of JSON values.
    pub depth: usize,
    /// Drawing operations of a PDF, forms counted as often as they are drawn, and glyphs.
    pub operations: u64,
    /// Comparisons between glyphs and what is painted around them.
    pub comparisons: u64,
    /// Proposals of one file; lines of a CSV file.
    pub rows: usize,
    /// Columns of a CSV file.
    pub columns: usize,
    /// Entries of a FHIR Bundle.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 20 << 20,
            pages: 50,
            inflated: 64 << 20,
            objects: 50_000,
            depth: 32,
            operations: 2_000_000,
            comparisons: 50_000_000,
            rows: 2_000,
            columns: 64,
            entries: 200,
        }
    }
}
