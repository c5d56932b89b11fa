//! Makes sure that the peers listen on the loopback interface and nowhere else.
//!
//! Their passwords are public and some have none, so a peer that the network can reach would be an open door. Only Linux
//! tells which program listens where, in `/proc`; elsewhere the peers' own settings must be believed.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context as _, bail};

/// The state that `/proc/net/tcp` shows for a socket that accepts connections.
const LISTENING: &str = "0A";

/// Where one program accepts connections.
#[derive(Debug, PartialEq, Eq)]
struct Listener {
    address: SocketAddr,
    inode: String,
}

/// Fails if one of the processes, or one that descends from them, listens for the network. Gives the number of
/// addresses that were looked at, or nothing where the system does not tell.
pub(super) fn refuse_exposed(ancestors: &[u32]) -> anyhow::Result<Option<usize>> {
    if !Path::new("/proc/net/tcp").exists() {
        return Ok(None);
    }
    let sockets = sockets_of(&descendants(ancestors)?);
    let mut listeners = all_listeners()?;
    listeners.retain(|listener| sockets.contains(&listener.inode));
    let exposed = exposed(&listeners);
    if !exposed.is_empty() {
        bail!("the network could reach a peer, which listens on {}", exposed.join(", "));
    }
    Ok(Some(listeners.len()))
}

fn exposed(listeners: &[Listener]) -> Vec<String> {
    let addresses = listeners.iter().map(|listener| listener.address);
    addresses.filter(|address| !is_loopback(address.ip())).map(|address| address.to_string()).collect()
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn all_listeners() -> anyhow::Result<Vec<Listener>> {
    let mut listeners = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        // A system without IPv6 has no second table.
        if Path::new(table).exists() {
            let text = std::fs::read_to_string(table).context(table)?;
            for line in text.lines().skip(1) {
                listeners
                    .extend(parse_listener(line).with_context(|| format!("{table} has the line {line}"))?);
            }
        }
    }
    Ok(listeners)
}

/// Reads one line: number, local address, remote address, state, five more, and the inode of the socket.
fn parse_listener(line: &str) -> anyhow::Result<Option<Listener>> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [_, local, _, state, _, _, _, _, _, inode, ..] = fields[..] else {
        bail!("there are too few fields")
    };
    if state != LISTENING {
        return Ok(None);
    }
    let address = parse_address(local).context("the address is not as expected")?;
    Ok(Some(Listener { address, inode: inode.to_owned() }))
}

/// Reads `0100007F:1F90`: words of 32 bits in the order of this computer's bytes, and a port.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let bytes: Vec<u8> = address
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok())
        .collect::<Option<Vec<u32>>>()?
        .into_iter()
        .flat_map(u32::to_ne_bytes)
        .collect();
    let address = match bytes.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        16 => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
        _ => return None,
    };
    Some(SocketAddr::new(address, u16::from_str_radix(port, 16).ok()?))
}

/// Finds the processes and everything that they have started, directly or not.
fn descendants(ancestors: &[u32]) -> anyhow::Result<BTreeSet<u32>> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        // Other names than numbers are no processes, and a process may end while it is looked at.
        let process = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        let stat = |process| std::fs::read_to_string(format!("/proc/{process}/stat")).ok();
        parents.extend(process.and_then(|process| Some((process, parse_parent(&stat(process)?)?))));
    }
    let mut found: BTreeSet<u32> = ancestors.iter().copied().collect();
    loop {
        let before = found.len();
        let children = parents.iter().filter(|(_, parent)| found.contains(parent)).map(|(child, _)| *child);
        let children: Vec<u32> = children.collect();
        found.extend(children);
        if found.len() == before {
            return Ok(found);
        }
    }
}

/// Reads the parent from `12 (name) S 1 ...`; the name may hold anything, parentheses too.
fn parse_parent(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(1)?.parse().ok()
}

fn sockets_of(processes: &BTreeSet<u32>) -> BTreeSet<String> {
    processes
        .iter()
        // What has ended by now listens no more.
        .filter_map(|process| std::fs::read_dir(format!("/proc/{process}/fd")).ok())
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|target| parse_socket(target.to_str()?))
        .collect()
}

fn parse_socket(target: &str) -> Option<String> {
    Some(target.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Listener, exposed, is_loopback, parse_address, parse_listener, parse_parent, parse_socket};

    const LINE: &str = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 \
                        4711 1 0000000000000000 100 0 0 10 0";

    #[test]
    #[cfg(target_endian = "little")]
    fn a_listening_socket_is_read_with_its_inode() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let expected = Listener { address, inode: "4711".to_owned() };
        assert_eq!(parse_listener(LINE).unwrap(), Some(expected));
    }

    #[test]
    fn a_connected_socket_is_no_listener() {
        assert_eq!(parse_listener(&LINE.replace(" 0A ", " 01 ")).unwrap(), None);
    }

    #[test]
    fn a_line_of_another_shape_is_an_error() {
        assert!(parse_listener("0: 0100007F:1F90").is_err());
        assert!(parse_listener(&LINE.replace("0100007F", "loopback")).is_err());
    }

    #[test]
    fn only_loopback_addresses_are_loopback() {
        let is_safe = |text: &str| is_loopback(parse_address(text).unwrap().ip());
        assert!(!is_safe("00000000:1F90"));
        assert!(!is_safe("00000000000000000000000000000000:1F90"));
        #[cfg(target_endian = "little")]
        {
            assert!(is_safe("0100007F:1F90"));
            assert!(!is_safe("0100A8C0:1F90"));
            assert!(is_safe("00000000000000000000000001000000:1F90"));
            assert!(is_safe("0000000000000000FFFF00000100007F:1F90"));
        }
    }

    #[test]
    fn the_parent_is_found_after_any_name() {
        assert_eq!(parse_parent("12 (a) b (c) S 7 12 12 0"), Some(7));
        assert_eq!(parse_parent("nonsense"), None);
    }

    #[test]
    fn only_sockets_are_sockets() {
        assert_eq!(parse_socket("socket:[4711]").as_deref(), Some("4711"));
        assert_eq!(parse_socket("pipe:[4711]"), None);
    }

    #[test]
    fn a_program_that_listens_for_the_network_is_named_with_its_address() {
        let anywhere = parse_listener(&LINE.replace("0100007F", "00000000")).unwrap().unwrap();
        assert_eq!(exposed(&[anywhere]), ["0.0.0.0:8080"]);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_listeners_of_a_process_are_found() {
        let own = [std::process::id()];
        let _listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let checked = super::refuse_exposed(&own).unwrap();
        assert!(checked.is_some_and(|count| count >= 1));
    }
}
