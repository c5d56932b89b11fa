//! Who is compared, and how each is called.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// What was installed.
#[derive(Debug)]
pub(super) struct Rivals {
    /// The program of `benches/compare`.
    pub(super) ours: PathBuf,
    /// A folder with sharp in its `node_modules`.
    pub(super) node: PathBuf,
    /// The interpreter of an environment with pyvips and Pillow.
    pub(super) python: PathBuf,
    /// The program of `ImageMagick`, where it is installed.
    pub(super) imagemagick: Option<PathBuf>,
    /// The folder with the scripts.
    pub(super) scripts: PathBuf,
    /// What the ones without a mark of their own lay over the picture.
    pub(super) tile: PathBuf,
}

/// What is made of an original; a thumb comes with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 2048 pixels, as a JPEG.
    Proof,
    FullSize,
    Webp,
    /// 2048 pixels, converted to sRGB.
    Srgb,
}

impl Kind {
    /// As the programs are told.
    const fn word(self) -> &'static str {
        match self {
            Self::Proof => "proof",
            Self::FullSize => "full-size",
            Self::Webp => "webp",
            Self::Srgb => "srgb",
        }
    }
}

/// Whether a picture is shared by threads, which Halftone alone does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    None,
    TwoThreads,
}

/// What a contender is to do.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) out: PathBuf,
    /// Pictures at once.
    pub(super) threads: usize,
    pub(super) is_marked: bool,
    pub(super) kind: Kind,
    pub(super) sharing: Sharing,
}

impl Task {
    /// A marked proof of usual size, one picture after the other.
    pub(super) const fn usual(out: PathBuf) -> Self {
        Self { out, threads: 1, is_marked: true, kind: Kind::Proof, sharing: Sharing::None }
    }
}

/// Makes the command that renders these originals.
type MakeCommand<'a> = Box<dyn Fn(&Task, &[PathBuf]) -> Command + 'a>;

/// One who is compared.
pub(super) struct Contender<'a> {
    /// For files.
    pub(super) name: &'static str,
    /// For the table.
    pub(super) title: &'static str,
    /// The command that renders these originals.
    pub(super) command: MakeCommand<'a>,
}

/// Everyone; Halftone is the first.
pub(super) fn all(rivals: &Rivals) -> Vec<Contender<'_>> {
    let mut contenders = vec![
        ours(rivals, "halftone", "Halftone"),
        ours(rivals, "halftone-portable", "Halftone, portable instructions"),
        ours(rivals, "turbojpeg", "libjpeg-turbo at 1/2 + fast_image_resize"),
        ours(rivals, "naive", "image + imageproc"),
        sharp(rivals, "tuned", "sharp, tuned by hand, no ICC work"),
        sharp(rivals, "documented", "sharp, as documented"),
        python(rivals, "pyvips", "pyvips"),
        python(rivals, "pillow", "Pillow"),
    ];
    if let Some(program) = &rivals.imagemagick {
        contenders.push(imagemagick(rivals, program));
    }
    contenders
}

/// Those that make no proofs and are measured for one figure.
pub(super) fn yardsticks(rivals: &Rivals) -> Vec<Contender<'_>> {
    vec![ours(rivals, "libwebp", "libwebp"), ours(rivals, "mark-anew", "Halftone, from a base")]
}

impl Rivals {
    /// Writes the pixels of the usual proof of an original and of its thumb.
    pub(super) fn write_pixels(&self, original: &Path, pixmaps: &Path) -> anyhow::Result<()> {
        self.write("pixels", original, pixmaps)
    }

    /// Writes the base of the usual proof of an original.
    pub(super) fn write_base(&self, original: &Path, base: &Path) -> anyhow::Result<()> {
        self.write("base", original, base)
    }

    fn write(&self, what: &str, original: &Path, file: &Path) -> anyhow::Result<()> {
        let status = Command::new(&self.ours)
            .arg(what)
            .arg(original)
            .arg(file)
            .status()
            .context("could not start the program of benches/compare")?;
        ensure!(status.success(), "the {what} of {} could not be written", original.display());
        Ok(())
    }
}

/// The contender of a name.
pub(super) fn find<'a, 'b>(contenders: &'b [Contender<'a>], name: &str) -> anyhow::Result<&'b Contender<'a>> {
    contenders.iter().find(|contender| contender.name == name).with_context(|| format!("{name} takes part"))
}

fn ours<'a>(rivals: &'a Rivals, name: &'static str, title: &'static str) -> Contender<'a> {
    let command = move |task: &Task, originals: &[PathBuf]| {
        let mut command = Command::new(&rivals.ours);
        command.args(["run", name, "--kind", task.kind.word(), "--out"]).arg(&task.out);
        match task.sharing {
            Sharing::None => command.args(["--threads", &task.threads.to_string()]),
            Sharing::TwoThreads => command.args(["--threads", "2", "--together"]),
        };
        if !task.is_marked {
            command.arg("--no-mark");
        }
        command.args(originals);
        command
    };
    Contender { name, title, command: Box::new(command) }
}

fn sharp<'a>(rivals: &'a Rivals, way: &'static str, title: &'static str) -> Contender<'a> {
    let name = if way == "tuned" { "sharp-tuned" } else { "sharp-documented" };
    let command = move |task: &Task, originals: &[PathBuf]| {
        let mut command = Command::new("node");
        command.current_dir(&rivals.node).env("UV_THREADPOOL_SIZE", task.threads.to_string());
        command.arg(rivals.scripts.join("sharp.mjs")).args([way, task.kind.word()]);
        rival_arguments(&mut command, rivals, task, originals);
        command
    };
    Contender { name, title, command: Box::new(command) }
}

fn python<'a>(rivals: &'a Rivals, name: &'static str, title: &'static str) -> Contender<'a> {
    let command = move |task: &Task, originals: &[PathBuf]| {
        let mut command = Command::new(&rivals.python);
        command.arg(rivals.scripts.join("rivals.py")).arg(name).env("VIPS_CONCURRENCY", "1");
        rival_arguments(&mut command, rivals, task, originals);
        command
    };
    Contender { name, title, command: Box::new(command) }
}

fn rival_arguments(command: &mut Command, rivals: &Rivals, task: &Task, originals: &[PathBuf]) {
    command.arg(&task.out).arg(task.threads.to_string());
    if task.is_marked {
        command.arg(&rivals.tile);
    } else {
        command.arg("-");
    }
    command.args(originals);
}

/// One process for each picture, as scripts do it; the threads are its own.
fn imagemagick<'a>(rivals: &'a Rivals, program: &'a Path) -> Contender<'a> {
    const SCRIPT: &str = r#"program=$1; out=$2; tile=$3; shift 3
for original; do
    name=$(basename "${original%.*}")
    mark="-size 2048x2048 tile:$tile -gravity NorthWest -composite"
    [ "$tile" = - ] && mark=
    # shellcheck disable=SC2086
    "$program" -define jpeg:size=4096x4096 "$original" -auto-orient -resize 2048x2048\> \
        \( +clone -resize 400x400 -quality 80 -write "$out/$name-thumb.jpg" +delete \) \
        $mark -quality 82 "$out/$name-proof.jpg" || exit 1
done"#;
    let command = move |task: &Task, originals: &[PathBuf]| {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(program).arg(&task.out);
        command.env("MAGICK_THREAD_LIMIT", task.threads.to_string());
        if task.is_marked {
            command.arg(&rivals.tile);
        } else {
            command.arg("-");
        }
        command.args(originals);
        command
    };
    Contender { name: "imagemagick", title: "ImageMagick", command: Box::new(command) }
}

/// The scores of unmarked proofs of one original, in their order.
pub(super) fn judge(rivals: &Rivals, original: &Path, proofs: &[PathBuf]) -> anyhow::Result<Vec<f64>> {
    let output = Command::new(&rivals.ours)
        .arg("judge")
        .arg(original)
        .args(proofs)
        .output()
        .context("could not start the judge")?;
    ensure!(output.status.success(), "the judge failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).context("the judge speaks UTF-8")?;
    let scores: Vec<f64> =
        text.lines().map(str::parse).collect::<Result<_, _>>().context("the judge prints numbers")?;
    ensure!(scores.len() == proofs.len(), "the judge left out a proof");
    Ok(scores)
}
