//! Bytes of a file: packed data, maps of glyphs, objects with the table of their places.

use flate2::{Compression, write::ZlibEncoder};
use std::fmt::Write as _;
use std::io::Write as _;

pub(super) fn to_unicode(glyphs: &[(char, (u16, u16))], digits: usize) -> String {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange ",
    );
    map += if digits == 4 { "<0000> <ffff>" } else { "<00> <ff>" };
    map += " endcodespacerange\n";
    for part in glyphs.chunks(100) {
        writeln!(map, "{} beginbfchar", part.len()).unwrap();
        for (c, (id, _)) in part {
            let mut units = [0; 2];
            let text: String = c.encode_utf16(&mut units).iter().map(|u| format!("{u:04x}")).collect();
            writeln!(map, "<{id:0digits$x}> <{text}>").unwrap();
        }
        map += "endbfchar\n";
    }
    map + "endcmap CMapName currentdict /CMap defineresource pop end end"
}

/// zlib.
pub fn zip(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// A file of objects with a table of their places.
pub fn file(bodies: &[Vec<u8>], info: Option<usize>) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut places = Vec::new();
    for (at, body) in bodies.iter().enumerate() {
        places.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", at + 1).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", bodies.len() + 1).as_bytes());
    for place in &places {
        out.extend_from_slice(format!("{place:010} 00000 n \n").as_bytes());
    }
    let info = info.map(|id| format!("/Info {id} 0 R")).unwrap_or_default();
    out.extend_from_slice(
        format!("trailer\n<< /Size {} /Root 1 0 R {info} >>\nstartxref\n{start}\n%%EOF\n", bodies.len() + 1).as_bytes(),
    );
    out
}
