//! What a camera writes into a picture besides the picture: where and when it was taken, with what, by whom.
//!
//! Promises: the same bytes come out for the same bytes; every pixel and the profile of its colours stay, and a picture that is to be
//! turned says so still; what cannot be followed stays as it is. Knows the frames of JPEG (ISO/IEC 10918-1, B.1) and PNG (W3C, §5), not what
//! is painted.

/// The bytes of a picture without what its camera told of it.
pub fn without_traces(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"\xff\xd8\xff") {
        return jpeg(bytes);
    }
    match bytes.starts_with(PNG) {
        true => png(bytes),
        false => bytes.to_vec(),
    }
}

/// Whether a picture says where it was taken.
pub fn says_place(bytes: &[u8]) -> bool {
    told(bytes).iter().any(|told| {
        let is_packet = told.windows(b"GPSLatitude".len()).any(|words| words == b"GPSLatitude");
        is_packet || exif(told).is_some_and(|exif| exif.has_place)
    })
}

/// Whether a picture is stored lying on its side: its width is shown as its height.
pub(super) fn lies_on_its_side(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xd8") && (5..=8).contains(&orientation(bytes))
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const EXIF: &[u8] = b"Exif\0\0";

/// What `Exif` says that matters here.
struct Exif {
    orientation: u16,
    has_place: bool,
}

fn orientation(bytes: &[u8]) -> u16 {
    let mut told = told(bytes).into_iter();
    told.find_map(exif).map_or(1, |exif| exif.orientation)
}

/// What the camera has told, in a picture of either kind.
fn told(bytes: &[u8]) -> Vec<&[u8]> {
    if bytes.starts_with(PNG) {
        let told = chunks(bytes).0.into_iter().filter(|(kind, _)| tells(kind));
        return told.filter_map(|(_, whole)| whole.get(8..)).collect();
    }
    let (segments, _) = segments(bytes);
    let told = segments.into_iter().filter(|(marker, whole)| !stays(*marker, whole));
    told.filter_map(|(_, whole)| whole.get(4..)).collect()
}

/// The first directory of an Exif block (CIPA DC-008, §4.6), behind its name where it has one.
fn exif(block: &[u8]) -> Option<Exif> {
    let tiff = block.strip_prefix(EXIF).unwrap_or(block);
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let two = |at: usize| -> Option<u16> {
        let pair = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        })
    };
    let four = |at: usize| -> Option<usize> {
        let (first, second) = (usize::from(two(at)?), usize::from(two(at.checked_add(2)?)?));
        Some(if little { second << 16 | first } else { first << 16 | second })
    };
    let directory = four(4)?;
    let entries = (0..usize::from(two(directory)?)).map_while(|entry| {
        let at = directory.checked_add(2 + 12 * entry)?;
        Some((two(at)?, at.checked_add(8)?))
    });
    let mut found = Exif {
        orientation: 1,
        has_place: false,
    };
    for (tag, value) in entries {
        match tag {
            0x0112 => found.orientation = two(value).unwrap_or(1),
            0x8825 => found.has_place = four(value).and_then(two).is_some_and(|entries| entries > 0),
            _ => {}
        }
    }
    Some(found)
}

/// The segments of a JPEG up to its end, each with its marker, and what could not be followed. What an image has been drawn from stands
/// in a segment with the marker 0.
fn segments(bytes: &[u8]) -> (Vec<(u8, &[u8])>, &[u8]) {
    let mut found = vec![(0xd8, &bytes[..bytes.len().min(2)])];
    let mut at = 2;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (marker, end) = match rest {
            [0xff, 0xff, ..] => {
                at += 1;
                continue;
            }
            [0xff, 0xd9, ..] => {
                found.push((0xd9, &rest[..2]));
                return (found, &[]);
            }
            [0xff, marker @ (0x01 | 0xd0..=0xd7), ..] => (*marker, 2),
            [0xff, marker, high, low, ..] => (*marker, 2 + usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return (found, rest),
        };
        let Some(segment) = rest.get(..end).filter(|_| end >= 2) else {
            return (found, rest);
        };
        found.push((marker, segment));
        at += end;
        if marker == 0xda {
            let drawn = drawn(&bytes[at..]);
            found.push((0, &bytes[at..at + drawn]));
            at += drawn;
        }
    }
}

/// How far the coded picture goes: up to a marker that is neither a stuffed byte nor a restart.
fn drawn(bytes: &[u8]) -> usize {
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    bytes.windows(2).position(is_marker).unwrap_or(bytes.len())
}

/// Whether a segment is needed to show the picture: of what programs add, the head, the profile of colours and Adobe's word on them.
fn stays(marker: u8, segment: &[u8]) -> bool {
    let says = segment.get(4..).unwrap_or_default();
    match marker {
        0xe0 => says.starts_with(b"JFIF\0"),
        0xe2 => says.starts_with(b"ICC_PROFILE\0"),
        0xee => says.starts_with(b"Adobe"),
        0xe1..=0xef | 0xfe => false,
        _ => true,
    }
}

fn jpeg(bytes: &[u8]) -> Vec<u8> {
    let (segments, rest) = segments(bytes);
    let turned = orientation(bytes);
    let mut plain = Vec::with_capacity(bytes.len());
    for (index, (marker, segment)) in segments.iter().enumerate() {
        if stays(*marker, segment) {
            plain.extend_from_slice(segment);
        }
        let is_head = index == 0 && segments.get(1).is_none_or(|(next, _)| *next != 0xe0) || index == 1 && *marker == 0xe0;
        if is_head && (2..=8).contains(&turned) {
            plain.extend_from_slice(&turned_alone(turned));
        }
    }
    plain.extend_from_slice(rest);
    plain
}

/// An Exif segment that says how a picture is turned, and nothing else.
fn turned_alone(orientation: u16) -> Vec<u8> {
    let mut segment = b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    segment.extend_from_slice(&orientation.to_be_bytes());
    segment.extend_from_slice(&[0; 6]);
    segment
}

/// The kind of a chunk, and the whole of it.
type Chunk<'t> = (&'t [u8], &'t [u8]);

/// The chunks of a PNG up to its end, and what could not be followed.
fn chunks(bytes: &[u8]) -> (Vec<Chunk<'_>>, &[u8]) {
    let mut found = Vec::new();
    let mut rest = bytes.get(PNG.len()..).unwrap_or_default();
    while let Some(head) = rest.get(..8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let end = usize::try_from(length).ok().and_then(|length| length.checked_add(12));
        let Some((chunk, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
            return (found, rest);
        };
        let kind = &chunk[4..8];
        found.push((kind, chunk));
        if kind == b"IEND" {
            return (found, &[]);
        }
        rest = after;
    }
    (found, rest)
}

fn tells(kind: &[u8]) -> bool {
    matches!(kind, b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt" | b"tIME")
}

fn png(bytes: &[u8]) -> Vec<u8> {
    let (chunks, rest) = chunks(bytes);
    let kept = chunks.into_iter().filter(|(kind, _)| !tells(kind)).map(|(_, chunk)| chunk);
    [PNG].into_iter().chain(kept).chain([rest]).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::image::Image;

    /// An Exif segment as a phone writes it: turned, and with a place.
    fn exif_segment(orientation: u16, little: bool) -> Vec<u8> {
        let two = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let four = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
        let mut tiff = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        tiff.extend(four(8));
        tiff.extend(two(2));
        for (tag, kind, value) in [(0x0112, 3, None), (0x8825, 4, Some(38))] {
            tiff.extend(two(tag));
            tiff.extend(two(kind));
            tiff.extend(four(1));
            match value {
                Some(value) => tiff.extend(four(value)),
                None => tiff.extend([two(orientation), [0, 0]].concat()),
            }
        }
        tiff.extend(four(0));
        tiff.extend(two(1));
        tiff.extend(b"GPS 51.3811 N");
        segment(0xe1, &[EXIF, &tiff].concat())
    }

    fn segment(marker: u8, says: &[u8]) -> Vec<u8> {
        let length = u16::try_from(says.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], &length[..], says].concat()
    }

    fn photo(told: &[Vec<u8>]) -> Vec<u8> {
        let frame = segment(0xc2, b"\x08\x01\x90\x02\x58\x01\x01\x11\0");
        let scan = [segment(0xda, b"\x01\x01\0\0\x3f\0"), b"pix\xff\0els\xff\xd0more".to_vec()].concat();
        [b"\xff\xd8".to_vec(), told.concat(), frame, scan, b"\xff\xd9".to_vec()].concat()
    }

    #[test]
    fn a_photo_forgets_where_it_was_taken_and_keeps_its_pixels() {
        let jfif = segment(0xe0, b"JFIF\0\x01\x01");
        let icc = segment(0xe2, b"ICC_PROFILE\0\x01\x01profile");
        let adobe = segment(0xee, b"Adobe\0d");
        let packet = segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0exif:GPSLatitude=\"51\"");
        let more = [
            segment(0xed, b"Photoshop 3.0\0Bath"),
            segment(0xfe, b"by Ann"),
            segment(0xe2, b"MPF\0x"),
        ];
        for little in [true, false] {
            let told = [
                jfif.clone(),
                exif_segment(1, little),
                packet.clone(),
                icc.clone(),
                adobe.clone(),
                more.concat(),
            ];
            let mut bytes = photo(&told);
            bytes.extend_from_slice(b"a film of the garden, with its place");
            assert!(says_place(&bytes));
            let plain = without_traces(&bytes);
            assert_eq!(plain, photo(&[jfif.clone(), icc.clone(), adobe.clone()]), "{plain:x?}");
            assert!(!says_place(&plain) && without_traces(&plain) == plain);
        }
    }

    #[test]
    fn a_turned_photo_is_turned_still() {
        let jfif = segment(0xe0, b"JFIF\0\x01\x01");
        for (orientation, size) in [
            (2, (600, 400)),
            (3, (600, 400)),
            (6, (400, 600)),
            (8, (400, 600)),
            (9, (600, 400)),
            (0, (600, 400)),
        ] {
            for head in [vec![], jfif.clone()] {
                let bytes = photo(&[head, exif_segment(orientation, true)]);
                let plain = without_traces(&bytes);
                assert!(!says_place(&plain));
                assert_eq!(
                    super::orientation(&plain),
                    if (2..=8).contains(&orientation) { orientation } else { 1 }
                );
                let image = Image::read("a.jpg", &bytes).unwrap();
                assert_eq!((image.width, image.height), size, "{orientation}");
                assert_eq!(image.carried(), Some(plain));
            }
        }
    }

    #[test]
    fn a_drawing_forgets_what_programs_wrote_into_it() {
        let chunk = |kind: &[u8], data: &[u8]| [&u32::try_from(data.len()).unwrap().to_be_bytes(), kind, data, b"crc!"].concat();
        let head = chunk(b"IHDR", b"\0\0\0\x20\0\0\0\x10\x08\x06\0\0\0");
        let exif = exif_segment(1, false)[10..].to_vec();
        let whole = |told: &[u8]| {
            [
                PNG,
                &head,
                &chunk(b"iCCP", b"profile"),
                told,
                &chunk(b"IDAT", b"pixels"),
                &chunk(b"IEND", b""),
            ]
            .concat()
        };
        let told = [chunk(b"eXIf", &exif), chunk(b"tEXt", b"Author\0Ann"), chunk(b"tIME", b"2026")].concat();
        let bytes = [whole(&told), b"more".to_vec()].concat();
        assert!(says_place(&bytes));
        assert_eq!(without_traces(&bytes), whole(b""));
    }

    #[test]
    fn what_is_torn_or_forged_is_no_trouble() {
        let whole = photo(&[exif_segment(6, true), segment(0xe0, b"JFIF\0")]);
        for cut in 0..whole.len() {
            let torn = &whole[..cut];
            let plain = without_traces(torn);
            assert!(plain.len() <= torn.len() + 36);
            says_place(torn);
            for byte in [0, 0xff, 0xd9] {
                let mut forged = whole.clone();
                forged[cut] = byte;
                without_traces(&forged);
                says_place(&forged);
                lies_on_its_side(&forged);
            }
        }
        assert_eq!(without_traces(b"GIF89a"), b"GIF89a");
    }
}
