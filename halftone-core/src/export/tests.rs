use uuid::Uuid;

use super::*;
use crate::zip::ZipPiece;

fn pick(filename: &str, comment: &str) -> ExportedPick {
    ExportedPick {
        photo: PhotoId::from_uuid(Uuid::from_u128(1)),
        filename: Filename::parse(filename).unwrap(),
        gallery: Name::parse("Ceremony").unwrap(),
        comment: Prose::parse(comment).unwrap(),
        picked_at: Timestamp::UNIX_EPOCH,
        title: Line::empty(),
        captured_at: None,
        camera: None,
        sha256: None,
    }
}

fn export(format: ExportFormat, picks: &[ExportedPick], marks: &Marks) -> Exported {
    Exported::new(format, picks, marks, Timestamp::UNIX_EPOCH)
}

const STARS: Marks = Marks { rating: Some(Rating(5)), label: None, comments: Comments::Left };

fn text(exported: &Exported) -> String {
    String::from_utf8(exported.pieces(0..exported.size_bytes()).concat()).unwrap()
}

#[test]
fn lines_hold_each_name_once_without_its_extension() {
    let picks =
        [pick("IMG_0412.JPG", ""), pick("_DSC.7.jpg", ""), pick("img_0412.jpeg", ""), pick(".jpg", "")];
    assert_eq!(text(&export(ExportFormat::Lightroom, &picks, &STARS)), "IMG_0412,_DSC.7,.jpg");
    assert_eq!(text(&export(ExportFormat::CaptureOne, &picks, &STARS)), "IMG_0412 _DSC.7 .jpg");
    assert_eq!(text(&export(ExportFormat::Lightroom, &[], &STARS)), "");
}

#[test]
fn tables_hold_quotes_lines_and_what_would_be_a_formula() {
    let comment = "=HYPERLINK(\"http://x\")\nsecond line";
    let picks = [pick("IMG_0412.JPG", comment), pick("-1.jpg", ""), pick("img_0412.png", "+1")];
    let table = text(&export(ExportFormat::Csv, &picks, &STARS));
    assert!(table.starts_with("\u{feff}filename,comment,"), "{table}");
    assert!(table.contains(
        "IMG_0412.JPG,\"'=HYPERLINK(\"\"http://x\"\")\nsecond line\",1970-01-01T00:00:00Z,Ceremony"
    ));
    assert!(table.contains("\r\n'-1.jpg,,"), "{table}");
    assert!(table.contains("img_0412.png,'+1,"), "{table}");
    assert!(table.contains(",2,2,,") && table.contains(",1,2,,") && table.contains(",1,1,,"), "{table}");
}

fn entries(exported: &Exported) -> Vec<String> {
    let Exported::Archive(_, contents) = exported else { panic!("not an archive") };
    contents.iter().map(|content| String::from_utf8(content.to_vec()).unwrap()).collect()
}

#[test]
fn sidecars_say_what_was_asked_for_and_nothing_else() {
    let marks = Marks { label: Some(Tag::parse("Green & \"blue\"").unwrap()), ..STARS };
    let plain = entries(&export(ExportFormat::Xmp, &[pick("a.jpg", "crop <this>")], &marks)).concat();
    assert!(plain.contains(" xmp:Rating=\"5\" xmp:Label=\"Green &amp; &quot;blue&quot;\">"), "{plain}");
    assert!(!plain.contains("dc:description") && !plain.contains("crop"), "{plain}");
    let marks = Marks { rating: None, label: None, comments: Comments::Described };
    let described =
        entries(&export(ExportFormat::Xmp, &[pick("a.jpg", "crop <this>\u{ffff}")], &marks)).concat();
    assert!(described.contains("<rdf:li xml:lang=\"x-default\">crop &lt;this&gt;</rdf:li>"), "{described}");
    assert!(!described.contains("xmp:Rating"), "{described}");
}

#[test]
fn names_that_occur_again_are_kept_apart_and_listed() {
    let picks = [pick("IMG_1.JPG", "first"), pick("IMG_2.JPG", ""), pick("img_1.jpg", "second")];
    let exported = export(ExportFormat::Xmp, &picks, &STARS);
    let contents = entries(&exported);
    assert_eq!(contents.len(), 4);
    assert!(contents[3].contains("IMG_1.JPG,first,") && contents[3].contains("img_1.jpg,second,"));
    assert!(!contents[3].contains("IMG_2.JPG"));
    let bytes = exported.pieces(0..exported.size_bytes()).concat();
    let archive = String::from_utf8_lossy(&bytes);
    for name in ["IMG_1.xmp", "IMG_2.xmp", "same-name-2/img_1.xmp", "same-names.csv"] {
        assert!(archive.contains(name), "{name}");
    }
}

#[test]
fn ranges_are_parts_of_the_whole() {
    let exported = export(ExportFormat::Xmp, &[pick("a.jpg", ""), pick("b.jpg", "")], &STARS);
    let whole = exported.pieces(0..exported.size_bytes()).concat();
    for (start, end) in [(0, 1), (10, 200), (40, 41), (300, 5_000)] {
        let part = exported.pieces(start..end).concat();
        let end = usize::try_from(end).unwrap().min(whole.len());
        assert_eq!(part, whole[usize::try_from(start).unwrap()..end]);
    }
    let Exported::Archive(layout, _) = &exported else { panic!("not an archive") };
    assert!(layout.pieces(0..1).iter().all(|piece| matches!(piece, ZipPiece::Bytes(_))));
}

#[test]
fn files_are_named_after_the_selection() {
    let name = Name::parse("Album: 1/2 \"us\"").unwrap();
    assert_eq!(ExportFormat::Xmp.filename(&name).as_str(), "Album_ 1_2 _us_ (XMP).zip");
    let long = Name::parse(&"x".repeat(200)).unwrap();
    for format in ExportFormat::ALL {
        assert!(format.filename(&long).as_str().len() > 200);
        assert_eq!(ExportFormat::parse(format.as_str()), Ok(format));
    }
}
