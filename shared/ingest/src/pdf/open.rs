//! Opens a file that passed the first look, and counts what interpreting it will cost before anything is interpreted.
//!
//! The library that interprets cannot be stopped half way, so forms drawn in forms, colours made of colours and fonts are
//! counted here as often as the library will work through them.

use super::edges::edges;
use super::guard::{ascii_hex, ascii85};
use crate::{Limits, Refused};
use flate2::read::ZlibDecoder;
use hayro_interpret::hayro_syntax::content::TypedIter;
use hayro_interpret::hayro_syntax::content::ops::TypedInstruction;
use hayro_interpret::hayro_syntax::object::{Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Stream};
use hayro_interpret::hayro_syntax::page::{Page, Resources};
use hayro_interpret::hayro_syntax::xref::XRef;
use hayro_interpret::hayro_syntax::{Filter, LoadPdfError, Pdf};
use std::collections::{HashMap, HashSet};
use std::io::{Read, sink};

/// Bytes to unpack that cost as much as one operation.
const BYTES: u64 = 64;
/// A glyph that becomes part of a clip path brings its outline along.
const CLIPPED: u64 = 200;
/// Graphics states saved and not restored.
const SAVED: i64 = 500;

/// Opens a file: whole, every packed part intact, and cheap enough to interpret.
pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<Pdf, Refused> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|e| match e {
        LoadPdfError::Decryption(_) => Refused::Protected,
        LoadPdfError::Invalid => Refused::Damaged,
    })?;
    if pdf.len() > limits.objects {
        return Err(Refused::TooComplex);
    }
    let pages = pdf.pages().len();
    if pages > limits.pages {
        return Err(Refused::TooManyPages);
    }
    // A page tree that says another number than there are pages was repaired by guessing.
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).ok_or(Refused::Damaged)?;
    let count = catalog.get::<Dict<'_>>(b"Pages").and_then(|tree| tree.get::<u32>(b"Count"));
    if pages == 0 || count.is_none_or(|count| count as usize != pages) {
        return Err(Refused::Damaged);
    }
    for object in pdf.objects() {
        if let Object::Stream(stream) = object {
            intact(&stream)?;
        }
    }
    let mut cost = Cost { xref: pdf.xref(), limits, spent: 0, weights: HashMap::new(), fonts: HashSet::new() };
    for page in pdf.pages().iter() {
        cost.page(page)?;
    }
    Ok(pdf)
}

/// Whether what is packed unpacks with its checksum.
fn intact(stream: &Stream<'_>) -> Result<(), Refused> {
    let mut data = stream.raw_data();
    for filter in stream.filters() {
        match filter {
            Filter::FlateDecode => {
                let mut decoder = ZlibDecoder::new(data.as_ref());
                std::io::copy(&mut decoder.by_ref().take(1 << 30), &mut sink()).map_err(|_| Refused::Damaged)?;
                return Ok(());
            }
            Filter::Ascii85Decode => data = ascii85(&data).ok_or(Refused::Damaged)?.into(),
            Filter::AsciiHexDecode => data = ascii_hex(&data).ok_or(Refused::Damaged)?.into(),
            Filter::LzwDecode | Filter::RunLengthDecode => return Err(Refused::TooComplex),
            Filter::Crypt => return Err(Refused::Protected),
            // Pictures are never unpacked here.
            Filter::CcittFaxDecode | Filter::Jbig2Decode | Filter::DctDecode | Filter::JpxDecode => return Ok(()),
        }
    }
    Ok(())
}

/// What will be spent.
struct Cost<'a> {
    xref: &'a XRef,
    limits: &'a Limits,
    spent: u64,
    /// Bytes that making an object takes, by object; nothing while it is being found.
    weights: HashMap<ObjectIdentifier, Option<u64>>,
    fonts: HashSet<Vec<u8>>,
}

impl<'a> Cost<'a> {
    fn spend(&mut self, operations: u64) -> Result<(), Refused> {
        self.spent = self.spent.saturating_add(operations);
        if self.spent > self.limits.operations { Err(Refused::TooComplex) } else { Ok(()) }
    }

    fn bytes(&mut self, bytes: usize) -> Result<(), Refused> {
        self.spend(u64::try_from(bytes).unwrap_or(u64::MAX) / BYTES)
    }

    fn page(&mut self, page: &Page<'a>) -> Result<(), Refused> {
        let whole = match page.raw().get::<Object<'_>>(b"Contents") {
            None => true,
            Some(Object::Stream(stream)) => stream.decoded_data().is_ok(),
            Some(Object::Array(array)) => {
                let parts = array.raw_iter().count();
                array.iter::<Stream<'_>>().filter(|s| s.decoded_data().is_ok()).count() == parts
            }
            Some(_) => false,
        };
        if !whole {
            return Err(Refused::Damaged);
        }
        self.bytes(page.page_stream().map_or(0, <[u8]>::len))?;
        self.content(page.typed_operations(), page.resources(), 0)?;
        for annotation in page.raw().get::<Array<'_>>(b"Annots").iter().flat_map(Array::iter::<Dict<'_>>) {
            self.spend(1)?;
            match annotation.get::<Dict<'_>>(b"AP").and_then(|ap| ap.get::<Object<'_>>(b"N")) {
                Some(Object::Stream(form)) => self.form(&form, page.resources(), 0)?,
                Some(Object::Dict(states)) => {
                    for name in states.keys() {
                        if let Some(form) = states.get::<Stream<'_>>(name.as_ref()) {
                            self.form(&form, page.resources(), 0)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "an operation that makes nothing costs what all cost")]
    fn content(
        &mut self,
        mut operations: TypedIter<'_>,
        resources: &Resources<'a>,
        depth: usize,
    ) -> Result<(), Refused> {
        if depth > self.limits.depth {
            return Err(Refused::TooDeep);
        }
        let mut saved = 0_i64;
        let mut glyph = 1;
        while let Some(operation) = operations.next() {
            self.spend(1)?;
            match operation {
                TypedInstruction::SaveState(_) => {
                    saved += 1;
                    if saved > SAVED {
                        return Err(Refused::TooDeep);
                    }
                }
                TypedInstruction::RestoreState(_) => saved -= 1,
                TypedInstruction::SetGraphicsState(name) => self.entry(&resources.ext_g_states, name.0)?,
                TypedInstruction::Shading(name) => self.entry(&resources.shadings, name.0)?,
                TypedInstruction::ColorSpaceStroke(name) => self.entry(&resources.color_spaces, name.0)?,
                TypedInstruction::ColorSpaceNonStroke(name) => self.entry(&resources.color_spaces, name.0)?,
                TypedInstruction::StrokeColorNamed(name) => {
                    if let Some(name) = name.1 {
                        self.entry(&resources.patterns, name)?;
                    }
                }
                TypedInstruction::NonStrokeColorNamed(name) => {
                    if let Some(name) = name.1 {
                        self.entry(&resources.patterns, name)?;
                    }
                }
                TypedInstruction::TextFont(font) => {
                    let key = resources
                        .fonts
                        .get_ref(font.0)
                        .map_or_else(|| font.0.to_vec(), |r| format!("{r:?}").into_bytes());
                    if self.fonts.insert(key) {
                        self.entry(&resources.fonts, font.0)?;
                    }
                }
                TypedInstruction::TextRenderingMode(mode) if mode.0.as_i64() > 3 => glyph = CLIPPED,
                TypedInstruction::ShowText(text) => self.spend(glyph * length(text.0.as_bytes()))?,
                TypedInstruction::NextLineAndShowText(text) => self.spend(glyph * length(text.0.as_bytes()))?,
                TypedInstruction::ShowTextWithParameters(text) => self.spend(glyph * length(text.2.as_bytes()))?,
                TypedInstruction::ShowTexts(texts) => self.spend(glyph * length(texts.0.data()))?,
                TypedInstruction::XObject(name) => {
                    self.entry(&resources.x_objects, name.0)?;
                    if let Some(stream) = resources.get_x_object(name.0)
                        && stream.dict().get::<Name<'_>>(b"Subtype").as_deref() == Some(b"Form")
                    {
                        self.form(&stream, resources, depth + 1)?;
                    }
                }
                TypedInstruction::InlineImage(image) => self.bytes(image.0.raw_data().len())?,
                _ => {}
            }
        }
        Ok(())
    }

    fn form(&mut self, form: &Stream<'a>, parent: &Resources<'a>, depth: usize) -> Result<(), Refused> {
        let Ok(data) = form.decoded_data() else { return Err(Refused::Damaged) };
        self.bytes(data.len())?;
        let own = form.dict().get::<Dict<'a>>(b"Resources").map(Resources::new);
        self.content(TypedIter::new(data.as_ref()), own.as_ref().unwrap_or(parent), depth)
    }

    /// What making a named resource takes.
    fn entry(&mut self, dict: &Dict<'a>, name: &Name<'_>) -> Result<(), Refused> {
        let mut children = Vec::new();
        match dict.get_raw::<Object<'a>>(name.as_ref()) {
            Some(MaybeRef::Ref(id)) => children.push(id.into()),
            Some(MaybeRef::NotRef(object)) => edges(&object, true, &mut children, 0)?,
            None => {}
        }
        let mut bytes = 0_u64;
        for child in children {
            bytes = bytes.saturating_add(self.weight(child, 0)?);
        }
        self.spend(bytes / BYTES)
    }

    /// Bytes that making an object takes: its own and those of all that it is made of.
    fn weight(&mut self, id: ObjectIdentifier, depth: usize) -> Result<u64, Refused> {
        match self.weights.get(&id) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(Refused::TooDeep),
            None => {}
        }
        if depth > self.limits.depth {
            return Err(Refused::TooDeep);
        }
        self.weights.insert(id, None);
        self.spend(1)?;
        let mut weight = 16;
        let mut children = Vec::new();
        if let Some(object) = self.xref.get::<Object<'a>>(id) {
            if let Object::Stream(stream) = &object {
                let subtype = stream.dict().get::<Name<'_>>(b"Subtype");
                // Pictures are not unpacked; forms are counted when they are drawn.
                if !matches!(subtype.as_deref(), Some(b"Image" | b"Form")) {
                    weight = stream.decoded_data().map_or(16, |data| length(&data));
                }
            }
            edges(&object, false, &mut children, 0)?;
        }
        for child in children {
            weight = weight.saturating_add(self.weight(child, depth + 1)?);
        }
        self.weights.insert(id, Some(weight));
        Ok(weight)
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
