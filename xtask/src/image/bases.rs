//! The bases of the Dockerfile, made of what this computer has: Debian by debootstrap, the Rust toolchain and Node of the machine. They
//! bear the full names of the published images, so the Dockerfile is built as it is.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::Store;
use crate::process::Process;
use crate::report;
use crate::workspace::Workspace;

const RUST: &str = "docker.io/library/rust:1.95.0-bookworm";
const NODE: &str = "docker.io/library/node:22-bookworm-slim";
const RUNTIME: &str = "gcr.io/distroless/cc-debian12:nonroot";

/// What compiles C.
const COMPILERS: &str = "ca-certificates,gcc,g++,make,libc6-dev,git";

/// What a program of ours needs of the system, as distroless has it.
const LIBRARIES: [&str; 7] = [
    "ld-linux-*.so.*",
    "libc.so.6",
    "libm.so.6",
    "libgcc_s.so.1",
    "libresolv.so.2",
    "libnss_dns.so.2",
    "libnss_files.so.2",
];

/// The certificates that this computer trusts.
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";

/// Makes those that are missing.
pub(super) fn make(workspace: &Workspace, store: &Store) -> anyhow::Result<()> {
    if [RUST, NODE, RUNTIME].into_iter().all(|name| store.has(name)) {
        return Ok(());
    }
    report::heading("making the base images");
    let debian = store.directory.join("debian");
    if !debian.join("etc/debian_version").exists() {
        fs::create_dir_all(&store.directory).context("could not create the directory of images")?;
        let include = format!("--include={COMPILERS}");
        let bootstrap = workspace.process("debootstrap").args(["--variant=minbase", &include, "bookworm"]);
        bootstrap.arg(&debian).run()?;
    }
    trust(&debian)?;
    runtime(store, &debian)?;
    rust(workspace, store, &debian)?;
    node(workspace, store)
}

/// Behind a proxy that looks into TLS, downloads need the certificates of this computer.
fn trust(root: &Path) -> anyhow::Result<()> {
    let target = root.join(CERTIFICATES);
    let parent = target.parent().context("the certificates lie in a folder")?;
    fs::create_dir_all(parent).context("could not create the folder of certificates")?;
    fs::copy(Path::new("/").join(CERTIFICATES), target).context("could not copy the certificates")?;
    Ok(())
}

fn runtime(store: &Store, debian: &Path) -> anyhow::Result<()> {
    let root = store.directory.join("runtime");
    for folder in ["etc", "lib", "lib64", "usr/share", "proc", "dev", "home/nonroot"] {
        fs::create_dir_all(root.join(folder)).with_context(|| format!("could not create {folder}"))?;
    }
    trust(&root)?;
    write(&root.join("etc/passwd"), "nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n")?;
    write(&root.join("etc/group"), "nonroot:x:65532:\n")?;
    write(&root.join("etc/nsswitch.conf"), "hosts: files dns\n")?;
    // Globs and links are the shell's: the names of folders differ from machine to machine.
    let copies: Vec<String> = LIBRARIES
        .iter()
        .map(|library| format!("cp --dereference \"$1\"/lib/*-linux-gnu/{library} \"$2\"/lib/"))
        .collect();
    let script = format!(
        "set -eu\n{}\nif ls \"$1\"/lib64/ld-linux-* >/dev/null 2>&1; then cp --dereference \"$1\"/lib64/ld-linux-* \"$2\"/lib64/; fi\n\
         mkdir --mode=1777 --parents \"$2\"/tmp\n",
        copies.join("\n")
    );
    Process::new("sh", debian).args(["-c", &script, "sh"]).arg(debian).arg(&root).run()?;
    store.commit(&root, RUNTIME, &["--user", "65532", "--env", "LD_LIBRARY_PATH=/lib"])
}

fn rust(workspace: &Workspace, store: &Store, debian: &Path) -> anyhow::Result<()> {
    let sysroot = workspace.process("rustc").args(["--print", "sysroot"]).output()?;
    let copy = "set -eu\ncp --archive \"$1\"/bin \"$1\"/lib \"$2\"/usr/local/\nrm -rf \"$2\"/var/cache/apt/archives/*.deb\n";
    Process::new("sh", debian).args(["-c", copy, "sh", sysroot.trim()]).arg(debian).run()?;
    let settings = [
        "--env",
        "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "--env",
        "CARGO_HOME=/usr/local/cargo",
        "--env",
        "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
    ];
    store.commit(debian, RUST, &settings)
}

fn node(workspace: &Workspace, store: &Store) -> anyhow::Result<()> {
    let question = "console.log(process.execPath)";
    let Some(program) = workspace.process("node").args(["-e", question]).output_if_it_works() else {
        bail!("the web UI needs Node.js 20.19 or newer, and npm; see CONTRIBUTING.md");
    };
    let modules = workspace.process("npm").args(["root", "--global"]).output()?;
    let root = store.directory.join("node");
    let copy = "set -eu\nmkdir -p \"$3\"/usr/local/bin \"$3\"/usr/local/lib/node_modules\n\
                cp --dereference \"$1\" \"$3\"/usr/local/bin/node\ncp --archive \"$2\"/npm \"$3\"/usr/local/lib/node_modules/\n";
    workspace.process("sh").args(["-c", copy, "sh", program.trim(), modules.trim()]).arg(&root).run()?;
    store.commit(&root, NODE, &[])
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("could not write {}", path.display()))
}
