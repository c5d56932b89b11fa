//! Ports of this computer for the peers, so that two checkouts can run theirs at the same time.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context as _;

/// One port for each peer, on the loopback interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ports {
    pub(super) mongodb: u16,
    pub(super) localstack: u16,
    pub(super) moto: u16,
    pub(super) mail: u16,
}

impl Ports {
    /// Picks ports that nobody uses: four in a row from `base`, or any.
    pub(crate) fn pick(base: Option<u16>) -> anyhow::Result<Self> {
        let ports = pick_ports(base, 4)?;
        Ok(Self { mongodb: ports[0], localstack: ports[1], moto: ports[2], mail: ports[3] })
    }
}

/// Picks ports that nobody uses: in a row from `base`, or any.
///
/// They are free at this moment; another program may still be faster than the one that wants them.
pub(crate) fn pick_ports(base: Option<u16>, count: u16) -> anyhow::Result<Vec<u16>> {
    let wanted = |steps: u16| match base {
        None => Ok(0),
        Some(base) => base.checked_add(steps).context("the first port is too high for a row of ports"),
    };
    // All are held until the last is picked, or the system could give one of them twice.
    let held: Vec<TcpListener> =
        (0..count).map(|steps| hold(wanted(steps)?)).collect::<anyhow::Result<_>>()?;
    held.iter().map(|listener| Ok(listener.local_addr()?.port())).collect()
}

/// Takes a port of the loopback interface; port 0 is any.
fn hold(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("port {port} is not free"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::Ports;

    #[test]
    fn the_picked_ports_differ() {
        let ports = Ports::pick(None).unwrap();
        assert_ne!(ports.mongodb, ports.localstack);
        assert_ne!(ports.localstack, ports.moto);
        assert_ne!(ports.moto, ports.mongodb);
        assert_ne!(ports.mail, ports.moto);
    }

    #[test]
    fn a_port_in_use_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = Ports::pick(Some(port)).unwrap_err();
        assert!(format!("{error:#}").contains(&port.to_string()), "{error:#}");
    }

    #[test]
    fn the_row_of_ports_must_fit() {
        assert!(Ports::pick(Some(u16::MAX)).is_err());
    }
}
