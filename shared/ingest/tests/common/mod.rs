//! Writes PDFs as hospitals' programs do, and worse: fonts embedded and not, any order of drawing, any hazard.
//!
//! The text of a file is what its fonts say, so the fonts here are real ones, cut down to what a file needs.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bytes;
pub mod sheet;

pub use bytes::{file, zip};

use bytes::to_unicode;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub const REGULAR: &[u8] = include_bytes!("../../../documents/assets/fonts/Pretendard-Regular.ttf");
pub const SEMIBOLD: &[u8] = include_bytes!("../../../documents/assets/fonts/Pretendard-SemiBold.ttf");
pub const NOTO: &[u8] = include_bytes!("../../../documents/assets/fonts/NotoSansKR_400Regular.ttf");

/// How a font is in the file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// A TrueType program, cut down, with `ToUnicode`.
    Embedded(&'static [u8]),
    /// Only a name and the character set `Adobe-Korea1`: every reader brings its own program.
    Cid,
    /// One of the 14 fonts every reader has.
    Helvetica,
    /// Glyphs drawn by little programs, 100 units to the em.
    Type3,
}

/// A font in use.
pub struct Font {
    face: Face,
    /// Glyphs by character: new id, width in thousandths.
    glyphs: BTreeMap<char, (u16, u16)>,
    remapper: subsetter::GlyphRemapper,
    /// Characters that this font has no glyph for: `.notdef` is drawn, and nothing says what it means.
    pub missing: Vec<char>,
}

impl Font {
    fn new(face: Face) -> Self {
        Self { face, glyphs: BTreeMap::new(), remapper: subsetter::GlyphRemapper::new(), missing: Vec::new() }
    }

    fn width(&mut self, c: char) -> f64 {
        self.glyph(c).1.into()
    }

    fn glyph(&mut self, c: char) -> (u16, u16) {
        if self.missing.contains(&c) {
            return (0, 500);
        }
        if let Some(glyph) = self.glyphs.get(&c) {
            return *glyph;
        }
        let glyph = match self.face {
            Face::Embedded(data) => {
                let face = ttf_parser::Face::parse(data, 0).unwrap();
                let old = face.glyph_index(c).unwrap_or_else(|| panic!("{c} has no glyph"));
                let width = u32::from(face.glyph_hor_advance(old).unwrap()) * 1000 / u32::from(face.units_per_em());
                (self.remapper.remap(old.0), u16::try_from(width).unwrap())
            }
            Face::Cid => (0, if c.is_ascii() { 500 } else { 1000 }),
            Face::Helvetica => (0, 556),
            Face::Type3 => (u16::try_from(u32::from(c)).unwrap(), 620),
        };
        self.glyphs.insert(c, glyph);
        glyph
    }

    /// The string operand for a text.
    fn encode(&mut self, text: &str) -> String {
        let mut hex = String::from("<");
        for c in text.chars() {
            let (id, _) = self.glyph(c);
            match self.face {
                Face::Embedded(_) => write!(hex, "{id:04x}").unwrap(),
                Face::Cid => write!(hex, "{:04x}", u32::from(c)).unwrap(),
                Face::Helvetica | Face::Type3 => write!(hex, "{:02x}", u32::from(c)).unwrap(),
            }
        }
        hex + ">"
    }
}

/// A page being drawn: places are points from the top left corner.
pub struct Page {
    pub ops: String,
    pub width: f64,
    pub height: f64,
    pub rotate: i32,
    /// More entries of the page's dictionary.
    pub extra: String,
    /// More entries of its resources.
    pub resources: String,
}

impl Page {
    fn new() -> Self {
        Self {
            ops: String::new(),
            width: 595.0,
            height: 842.0,
            rotate: 0,
            extra: String::new(),
            resources: String::new(),
        }
    }
}

/// A file being written.
pub struct Doc {
    pub fonts: Vec<Font>,
    pub pages: Vec<Page>,
    pub compress: bool,
    /// Objects of one's own; their numbers start at [`EXTRA`].
    pub objects: Vec<Vec<u8>>,
    pub catalog: String,
    pub info: Option<String>,
    /// Everything is written turned by 90 degrees, and the page is turned back by `Rotate`.
    pub turned: bool,
}

/// The number of the first extra object.
pub const EXTRA: usize = 3;

impl Doc {
    pub fn new(faces: &[Face]) -> Self {
        Self {
            fonts: faces.iter().map(|f| Font::new(*f)).collect(),
            pages: vec![Page::new()],
            compress: true,
            objects: Vec::new(),
            catalog: String::new(),
            info: None,
            turned: false,
        }
    }

    pub fn page(&mut self) -> &mut Page {
        self.pages.last_mut().unwrap()
    }

    pub fn next_page(&mut self) {
        self.pages.push(Page::new());
    }

    pub fn width(&mut self, font: usize, size: f64, text: &str) -> f64 {
        text.chars().map(|c| self.fonts[font].width(c)).sum::<f64>() * size / 1000.0
    }

    /// Writes a text at a place.
    pub fn text(&mut self, font: usize, size: f64, x: f64, y: f64, text: &str) {
        let shown = self.fonts[font].encode(text);
        let turned = self.turned;
        let page = self.page();
        let matrix = if turned {
            // Upwards along the left edge of the paper: the page shows it level after a turn of 90 degrees.
            format!("0 1 -1 0 {:.2} {:.2}", y, x)
        } else {
            format!("1 0 0 1 {:.2} {:.2}", x, page.height - y)
        };
        writeln!(page.ops, "BT /F{font} {size} Tf {matrix} Tm {shown} Tj ET").unwrap();
    }

    /// Paints a rectangle.
    pub fn rect(&mut self, x: f64, y: f64, w: f64, h: f64, colour: &str) {
        let page = self.page();
        writeln!(page.ops, "q {colour} rg {x:.2} {:.2} {w:.2} {h:.2} re f Q", page.height - y - h).unwrap();
    }

    pub fn line(&mut self, x0: f64, y0: f64, x1: f64, y1: f64) {
        let page = self.page();
        let h = page.height;
        writeln!(page.ops, "0.5 w {x0:.2} {:.2} m {x1:.2} {:.2} l S", h - y0, h - y1).unwrap();
    }

    pub fn raw(&mut self, ops: &str) {
        writeln!(self.page().ops, "{ops}").unwrap();
    }

    pub fn object(&mut self, body: impl Into<Vec<u8>>) -> usize {
        self.objects.push(body.into());
        EXTRA + self.objects.len() - 1
    }

    pub fn stream(&mut self, dict: &str, data: &[u8]) -> usize {
        let mut body = format!("<< {dict} /Length {} >>\nstream\n", data.len()).into_bytes();
        body.extend_from_slice(data);
        body.extend_from_slice(b"\nendstream");
        self.object(body)
    }

    /// The bytes of the file.
    pub fn write(mut self) -> Vec<u8> {
        let fonts: Vec<usize> = (0..self.fonts.len()).map(|at| self.write_font(at)).collect();
        let fonts: String =
            fonts.iter().enumerate().fold(String::new(), |all, (at, id)| format!("{all}/F{at} {id} 0 R "));
        let pages = std::mem::take(&mut self.pages);
        let mut kids = String::new();
        let count = pages.len();
        for page in pages {
            let packed = if self.compress { zip(page.ops.as_bytes()) } else { page.ops.into_bytes() };
            let filter = if self.compress { "/Filter /FlateDecode" } else { "" };
            let content = self.stream(filter, &packed);
            let id = self.object(format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Rotate {} /Contents {content} 0 R /Resources << /Font << {fonts}>> {} >> {} >>",
                page.width, page.height, page.rotate, page.resources, page.extra
            ));
            write!(kids, "{id} 0 R ").unwrap();
        }
        let mut bodies = vec![
            format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog).into_bytes(),
            format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>").into_bytes(),
        ];
        bodies.append(&mut self.objects);
        let info = self.info.take().map(|info| {
            bodies.push(info.into_bytes());
            bodies.len()
        });
        file(&bodies, info)
    }

    fn write_font(&mut self, at: usize) -> usize {
        let font = &self.fonts[at];
        let glyphs: Vec<(char, (u16, u16))> = font.glyphs.iter().map(|(c, g)| (*c, *g)).collect();
        let (face, remapper) = (font.face, font.remapper.clone());
        match face {
            Face::Helvetica => {
                self.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
            }
            Face::Cid => {
                let descriptor = self.object("<< /Type /FontDescriptor /FontName /HYSMyeongJo-Medium /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>");
                let cid = self.object(format!(
                    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HYSMyeongJo-Medium /CIDSystemInfo << /Registry (Adobe) /Ordering (Korea1) /Supplement 1 >> /FontDescriptor {descriptor} 0 R /DW 1000 /W [1 95 500] >>"
                ));
                self.object(format!("<< /Type /Font /Subtype /Type0 /BaseFont /HYSMyeongJo-Medium /Encoding /UniKS-UCS2-H /DescendantFonts [{cid} 0 R] >>"))
            }
            Face::Embedded(data) => {
                let program = subsetter::subset(data, 0, &remapper).unwrap();
                let packed = zip(&program);
                let file = self.stream(&format!("/Filter /FlateDecode /Length1 {}", program.len()), &packed);
                let descriptor = self.object(format!("<< /Type /FontDescriptor /FontName /ABCDEF+Sheet /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 /FontFile2 {file} 0 R >>"));
                let widths: String =
                    glyphs.iter().fold(String::new(), |all, (_, (id, width))| format!("{all}{id} [{width}] "));
                let cid = self.object(format!("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Sheet /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity /FontDescriptor {descriptor} 0 R /DW 500 /W [{widths}] >>"));
                let to_unicode = to_unicode(&glyphs, 4);
                let map = self.stream("/Filter /FlateDecode", &zip(to_unicode.as_bytes()));
                self.object(format!("<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Sheet /Encoding /Identity-H /DescendantFonts [{cid} 0 R] /ToUnicode {map} 0 R >>"))
            }
            Face::Type3 => {
                let mut procs = String::new();
                let mut differences = String::new();
                for (c, (id, width)) in &glyphs {
                    let ink = if *c == ' ' { String::new() } else { format!("8 0 {} 70 re f", width / 10 - 16) };
                    let body = self.stream("", format!("{} 0 d0 {ink}", width / 10).as_bytes());
                    write!(procs, "/g{id} {body} 0 R ").unwrap();
                    write!(differences, "{id} /g{id} ").unwrap();
                }
                let widths: String = (32..127).fold(String::new(), |all, _| all + "62 ");
                let map = to_unicode(&glyphs, 2);
                let map = self.stream("", map.as_bytes());
                self.object(format!("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 100 100] /FontMatrix [0.01 0 0 0.01 0 0] /CharProcs << {procs}>> /Encoding << /Type /Encoding /Differences [{differences}] >> /FirstChar 32 /LastChar 126 /Widths [{widths}] /Resources << >> /ToUnicode {map} 0 R >>"))
            }
        }
    }
}
