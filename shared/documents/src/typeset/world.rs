//! The world that typst sees: our templates, our fonts, one document's data. No file system, no network, no clock.

use std::collections::HashMap;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// The letter's face: Hangul, Latin with Vietnamese, Greek, Cyrillic.
static PRETENDARD: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/Pretendard-Regular.ttf"),
    include_bytes!("../../assets/fonts/Pretendard-SemiBold.ttf"),
];
/// What it does not have, above all Hanja. Twice as large, so it is parsed only for a letter that needs it.
static NOTO: [&[u8]; 2] = [
    include_bytes!("../../assets/fonts/NotoSansKR_400Regular.ttf"),
    include_bytes!("../../assets/fonts/NotoSansKR_600SemiBold.ttf"),
];

static TEMPLATES: [(&str, &str); 7] = [
    ("/letter.typ", include_str!("../../templates/letter.typ")),
    ("/script.typ", include_str!("../../templates/script.typ")),
    ("/theme.typ", include_str!("../../templates/theme.typ")),
    ("/lists.typ", include_str!("../../templates/lists.typ")),
    ("/results.typ", include_str!("../../templates/results.typ")),
    ("/closing.typ", include_str!("../../templates/closing.typ")),
    ("/explanation.typ", include_str!("../../templates/explanation.typ")),
];

/// A document that we set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    /// The referral letter.
    Letter,
    /// The explanation of records.
    Explanation,
}

impl Template {
    const fn path(self) -> &'static str {
        match self {
            Self::Letter => "/letter.typ",
            Self::Explanation => "/explanation.typ",
        }
    }
}

/// What never changes between documents.
struct Engine {
    library: LazyHash<Library>,
    sources: HashMap<FileId, Source>,
}

/// Fonts with their index.
struct Faces {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Faces {
    fn new(files: &[&'static [u8]]) -> Self {
        let fonts: Vec<Font> = files.iter().filter_map(|file| Font::new(Bytes::new(*file), 0)).collect();
        Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    }
}

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine {
    library: LazyHash::new(Library::default()),
    sources: TEMPLATES
        .iter()
        .map(|(path, text)| {
            let id = file(path);
            (id, Source::new(id, (*text).to_owned()))
        })
        .collect(),
});
static PLAIN: LazyLock<Faces> = LazyLock::new(|| Faces::new(&PRETENDARD));
static WITH_HANJA: LazyLock<Faces> = LazyLock::new(|| Faces::new(&[PRETENDARD, NOTO].concat()));

#[expect(clippy::unwrap_used, reason = "the paths are constants of this file; a wrong one fails the first test")]
fn file(path: &'static str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).unwrap()).intern()
}

/// Builds what every document needs, before the first one is asked for.
pub(crate) fn warm() {
    LazyLock::force(&ENGINE);
    LazyLock::force(&PLAIN);
}

/// Whether a text has characters that only the fallback face has.
pub(crate) fn needs_fallback(text: &str) -> bool {
    // ASCII is in every face; asking the font for it would be most of the work.
    text.chars()
        .filter(|c| !c.is_ascii())
        .any(|c| !PLAIN.fonts.first().is_some_and(|font| font.info().coverage.contains(u32::from(c))))
}

/// One document's inputs.
pub(crate) struct Sheet {
    faces: &'static Faces,
    main: FileId,
    /// What the template may read, by its path.
    files: Vec<(FileId, Bytes)>,
}

impl Sheet {
    /// A world for one document; none if the compiled-in fonts do not parse.
    pub(crate) fn new(template: Template, fallback: bool, files: &[(&'static str, &[u8])]) -> Option<Self> {
        let (faces, number): (&'static Faces, usize) = if fallback { (&WITH_HANJA, 4) } else { (&PLAIN, 2) };
        (faces.fonts.len() == number).then(|| Self {
            faces,
            main: file(template.path()),
            files: files.iter().map(|(path, bytes)| (file(path), Bytes::new(bytes.to_vec()))).collect(),
        })
    }
}

impl World for Sheet {
    fn library(&self) -> &LazyHash<Library> {
        &ENGINE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.faces.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        ENGINE.sources.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(path, _)| *path == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.faces.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
