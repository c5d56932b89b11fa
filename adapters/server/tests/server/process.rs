//! `halftone process` on folders.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::pictures::{jpeg, truncated_jpeg};
use crate::program::{errors_of, output_of, run};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_folder_with_a_bad_file_gives_the_others_and_the_reason() {
    let directory = tempdir().unwrap();
    let input = directory.path().join("card");
    fs::create_dir_all(input.join("more")).unwrap();
    fs::write(input.join("IMG_1.jpg"), jpeg(900, 600, 1)).unwrap();
    fs::write(input.join("more/IMG_1.jpg"), jpeg(600, 900, 2)).unwrap();
    fs::write(input.join("bad.jpg"), truncated_jpeg()).unwrap();
    fs::write(input.join("notes.txt"), "not a picture").unwrap();

    let output = run(directory.path(), &["process", "card", "--out", "proofs", "--watermark", "© Ana"]);
    assert_eq!(output.status.code(), Some(1));
    let expected = ["IMG_1-2-proof.jpg", "IMG_1-2-thumb.jpg", "IMG_1-proof.jpg", "IMG_1-thumb.jpg"];
    assert_eq!(names(&directory.path().join("proofs")), expected);
    let errors = errors_of(&output);
    assert!(errors.contains("bad.jpg: the file is damaged"), "{errors}");
    let summary = output_of(&output);
    assert!(summary.contains("2 picture(s)") && summary.contains("1 failed"), "{summary}");
    assert!(summary.contains("MB/s"), "{summary}");
}

#[test]
fn inputs_are_never_written_over() {
    let directory = tempdir().unwrap();
    let original = jpeg(700, 500, 4);
    for name in ["a.jpg", "a-proof.jpg"] {
        fs::write(directory.path().join(name), &original).unwrap();
    }
    let arguments = ["process", "a.jpg", "a-proof.jpg", "--out", ".", "--watermark", "© Ana"];
    let output = run(directory.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", errors_of(&output));
    for name in ["a.jpg", "a-proof.jpg"] {
        assert!(fs::read(directory.path().join(name)).unwrap() == original, "{name} was written over");
    }
    assert!(directory.path().join("a-2-proof.jpg").exists());
}

#[test]
fn a_proof_without_a_mark_must_be_asked_for() {
    let directory = tempdir().unwrap();
    fs::write(directory.path().join("a.jpg"), jpeg(700, 500, 5)).unwrap();
    let output = run(directory.path(), &["process", "a.jpg", "--out", "proofs"]);
    assert!(!output.status.success());
    assert!(errors_of(&output).contains("--no-watermark"));
    assert!(!directory.path().join("proofs").exists());
}

#[test]
fn a_glyph_that_the_font_lacks_fails_the_picture_instead_of_leaving_it_clean() {
    let directory = tempdir().unwrap();
    fs::write(directory.path().join("a.jpg"), jpeg(700, 500, 6)).unwrap();
    let output = run(directory.path(), &["process", "a.jpg", "--out", "proofs", "--watermark", "写真"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors_of(&output).contains("the watermark cannot be applied"));
    assert!(names(&directory.path().join("proofs")).is_empty());
}
