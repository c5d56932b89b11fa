//! Puts the peers into `target/peers`, at pinned versions, where they are not there yet.

use std::fs::File;
use std::panic::resume_unwind;
use std::thread;
use std::time::Instant;

use anyhow::Context as _;

use super::python::PythonEnvironment;
use super::secantus::Secantus;
use crate::report;
use crate::workspace::Workspace;

/// Installs what is missing. When nothing is, it returns at once.
pub(crate) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    let _lock = lock(workspace)?;
    let localstack = PythonEnvironment::localstack(workspace);
    let localstack_is_missing = !localstack.is_current()?;
    if localstack_is_missing {
        timed("a Python environment with cmake", || {
            localstack.create()?;
            localstack.install_first("cmake")
        })?;
    }
    // The MongoDB peer compiles while Python's packages come over the network.
    let secantus = Secantus::of(workspace);
    let programs = localstack.programs();
    thread::scope(|scope| {
        let build = (!secantus.is_current()).then(|| {
            scope.spawn(|| {
                let title = format!("{}, compiled from source (several minutes)", Secantus::title());
                timed(&title, || secantus.install(&programs))
            })
        });
        let packages =
            install_packages(&localstack, localstack_is_missing, &PythonEnvironment::moto(workspace));
        let compiled =
            build.map_or(Ok(()), |build| build.join().unwrap_or_else(|panic| resume_unwind(panic)));
        packages.and(compiled)
    })
}

fn install_packages(
    localstack: &PythonEnvironment<'_>,
    localstack_is_missing: bool,
    moto: &PythonEnvironment<'_>,
) -> anyhow::Result<()> {
    if localstack_is_missing {
        timed("LocalStack and pymongo", || localstack.complete())?;
    }
    if !moto.is_current()? {
        timed("moto", || {
            moto.create()?;
            moto.complete()
        })?;
    }
    Ok(())
}

/// Holds off another installation into the same directory, until the file is dropped.
fn lock(workspace: &Workspace) -> anyhow::Result<File> {
    let directory = super::directory(workspace);
    std::fs::create_dir_all(&directory)
        .with_context(|| format!("could not create {}", directory.display()))?;
    let file = File::create(directory.join("lock"))?;
    if file.try_lock().is_err() {
        report::line("services: another cargo xtask is installing; waiting for it");
        file.lock()?;
    }
    Ok(file)
}

fn timed(what: &str, install: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    report::line(&format!("services: installing {what}"));
    let start = Instant::now();
    install().with_context(|| format!("could not install {what}"))?;
    let took = report::minutes_and_seconds(start.elapsed());
    report::line(&format!("services: installed {what} in {took}"));
    Ok(())
}
