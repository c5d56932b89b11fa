//! Serving an open studio until somebody asks it to stop.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use poem::endpoint::BoxEndpoint;
use poem::listener::TcpAcceptor;
use poem::{Response, Server};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::console;
use crate::metrics;
use crate::shutdown::Shutdown;
use crate::web_ui;
use crate::wiring::Studio;
use crate::workers::{SweepTimes, notify_until, sweep_until};
use halftone_home::cloud::secret_changed;
use halftone_home::config::Config;

/// What tasks may take to end after the deadline: closing connections, writing to the queue.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until a signal comes. `greet` is told the address of the studio before the first request is answered, and
/// says what the person at the terminal should know.
///
/// # Errors
/// An address cannot be listened on, a task died, or something did not end in time.
pub(crate) async fn serve(studio: Studio, config: &Config, greet: impl Fn(&str)) -> anyhow::Result<()> {
    let drain = Duration::try_from(config.server.drain_time).context("the drain time is positive")?;
    let recorder = metrics::start()?;
    let shutdown = Shutdown::on_signals(drain)?;
    let main = listen(config.server.listen, "--listen").await?;
    let admin = match config.server.admin_listen.0 {
        Some(address) => Some(listen(address, "--admin-listen").await?),
        None => None,
    };
    let address = open_address(config, main.local_addr()?);
    announce(&address, admin.as_ref(), &studio)?;
    greet(&address);

    let mut tasks = Tasks { running: JoinSet::new(), shutdown };
    let application = studio.application(config, tasks.shutdown.stop.clone());
    tasks.spawn_server("the HTTP server", main, application, drain)?;
    if let Some(admin) = admin {
        let application = studio.admin_application(metrics::render(recorder.clone()));
        tasks.spawn_server("the admin server", admin, application, drain)?;
    }
    spawn_workers(&mut tasks, &studio, config)?;
    let watch =
        metrics::watch_until(recorder, Arc::clone(&studio.backend.queue.jobs), tasks.shutdown.clone());
    tasks.spawn("the watch over the queue", async move {
        watch.await;
        Ok(())
    });
    spawn_secret_watch(&mut tasks, config.clone());
    drop(studio);
    tasks.join(drain).await
}

fn spawn_workers(tasks: &mut Tasks, studio: &Studio, config: &Config) -> anyhow::Result<()> {
    let shutdown = tasks.shutdown.clone();
    for _ in 0..studio.worker_count {
        let work = studio.crew.clone().work_until(shutdown.clone());
        tasks.spawn("a worker", async move {
            work.await;
            Ok(())
        });
    }
    let times = SweepTimes {
        usual: Duration::try_from(config.jobs.sweep_interval).context("the interval is positive")?,
        with_purges: Duration::try_from(config.jobs.purge_sweep_interval)
            .context("the interval is positive")?,
    };
    spawn_notices(tasks, studio, config)?;
    let sweeps =
        sweep_until(studio.at_start.sweeping.clone(), studio.services.sweeping.clone(), times, shutdown);
    tasks.spawn("the sweeper", async move {
        sweeps.await;
        Ok(())
    });
    Ok(())
}

/// Stops in order when the settings that lie in a secret have changed: whoever started the server starts it anew.
fn spawn_secret_watch(tasks: &mut Tasks, config: Config) {
    let stop = tasks.shutdown.stop.clone();
    tasks.spawn("the watch over the secret", async move {
        tokio::select! {
            () = stop.cancelled() => {}
            changed = secret_changed(&config) => {
                changed?;
                tracing::info!("stopping because the secret with settings has changed");
                stop.cancel();
            }
        }
        Ok(())
    });
}

/// Makes notifications of what happened, and delivers them.
fn spawn_notices(tasks: &mut Tasks, studio: &Studio, config: &Config) -> anyhow::Result<()> {
    let notifying = studio.services.notifying.clone();
    let interval = Duration::try_from(config.jobs.notice_interval).context("the interval is positive")?;
    let notices = notify_until(notifying, interval, tasks.shutdown.clone());
    tasks.spawn("the notices", async move {
        notices.await;
        Ok(())
    });
    Ok(())
}

async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "another program is listening on {address}; stop it, or choose another address with {flag} (port 0 takes a free one)"
        ),
        _ => anyhow::Error::new(error).context(format!("cannot listen on {address}")),
    })
}

/// What to type into a browser on this computer.
fn open_address(config: &Config, bound: SocketAddr) -> String {
    match &config.server.public_url.0 {
        Some(url) => url.as_str().to_owned(),
        None => format!("http://{}", reachable(bound)),
    }
}

/// An address that stands for all of this computer's is none that a browser can open.
fn reachable(bound: SocketAddr) -> SocketAddr {
    if bound.ip().is_unspecified() {
        SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), bound.port())
    } else {
        bound
    }
}

fn announce(address: &str, admin: Option<&TcpListener>, studio: &Studio) -> anyhow::Result<()> {
    console::say("Halftone is running. Stop it with Ctrl-C.");
    console::say(format!("  Studio    {address}"));
    console::say(format!("  API docs  {address}/docs"));
    if let Some(admin) = admin {
        console::say(format!("  Mailbox   http://{}/mailbox", reachable(admin.local_addr()?)));
    }
    for place in &studio.places {
        console::say(format!("  {:<9} {}", place.what, place.place));
    }
    web_ui::warn_if_missing();
    tracing::info!(workers = studio.worker_count, "the server has started");
    Ok(())
}

/// The tasks of a server. The end of any before its time is the end of all.
struct Tasks {
    running: JoinSet<(&'static str, anyhow::Result<()>)>,
    shutdown: Shutdown,
}

impl Tasks {
    fn spawn(&mut self, name: &'static str, task: impl Future<Output = anyhow::Result<()>> + Send + 'static) {
        self.running.spawn(async move { (name, task.await) });
    }

    fn spawn_server(
        &mut self,
        name: &'static str,
        listener: TcpListener,
        application: BoxEndpoint<'static, Response>,
        drain: Duration,
    ) -> anyhow::Result<()> {
        let acceptor = TcpAcceptor::from_tokio(listener)?;
        let stop = self.shutdown.stop.clone().cancelled_owned();
        let server = Server::new_with_acceptor(acceptor);
        self.spawn(name, async move {
            Ok(server.run_with_graceful_shutdown(application, stop, Some(drain)).await?)
        });
        Ok(())
    }

    /// Waits for all of them to end.
    ///
    /// # Errors
    /// One ended before it was asked to, or did not end when it was.
    async fn join(mut self, drain: Duration) -> anyhow::Result<()> {
        let shutdown = self.shutdown.clone();
        let too_late = async {
            shutdown.stop.cancelled().await;
            tokio::time::sleep(drain + GRACE).await;
        };
        tokio::select! {
            result = self.join_all() => {
                tracing::info!("the server has stopped");
                result
            }
            () = too_late => bail!("the server did not stop within {} s", (drain + GRACE).as_secs()),
        }
    }

    async fn join_all(&mut self) -> anyhow::Result<()> {
        let mut first = None;
        while let Some(ended) = self.running.join_next().await {
            let failure = match ended {
                Ok((_, Ok(()))) if self.shutdown.stop.is_cancelled() => continue,
                Ok((name, Ok(()))) => anyhow!("{name} ended by itself"),
                Ok((name, Err(error))) => error.context(format!("{name} failed")),
                Err(died) => anyhow::Error::new(died).context("a task died"),
            };
            tracing::error!("stopping because {failure:#}");
            self.shutdown.stop.cancel();
            first.get_or_insert(failure);
        }
        first.map_or(Ok(()), Err)
    }
}
