//! The nodes of a cluster, as CLUSTER NODES tells them.

use std::collections::HashMap;

use super::connections::Connections;
use crate::error::{Error, ErrorKind};
use crate::source::{Command, Node, NodeRole};

/// More nodes than this are no cluster: its bus does not carry them.
const MAX_NODES: usize = 2000;

pub(crate) async fn ask(connections: &Connections, address: &str) -> Result<Vec<Node>, Error> {
    let replies = connections
        .query(address, &[Command::new(["CLUSTER", "NODES"])])
        .await?;
    let reply = &replies[0];
    if let Some(code) = reply.error_code() {
        let kind = if code == "NOPERM" {
            ErrorKind::Denied
        } else {
            ErrorKind::Server
        };
        return Err(Error::new(
            kind,
            format!("{address} refused CLUSTER NODES with {code}"),
        ));
    }
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let nodes = parse(
        reply.text().unwrap_or_default(),
        host,
        connections.uses_tls(),
    );
    if nodes.is_empty() {
        return Err(Error::new(
            ErrorKind::Protocol,
            format!("{address} knows no nodes"),
        ));
    }
    Ok(nodes)
}

/// Reads CLUSTER NODES. A node that does not know its own address is at `asked`; `by_name` prefers host names to
/// addresses, as certificates do. Nodes that are not part of the cluster yet, or have no address, are left out.
fn parse(text: &str, asked: &str, by_name: bool) -> Vec<Node> {
    let lines: Vec<Line<'_>> = text
        .lines()
        .take(MAX_NODES)
        .filter_map(Line::parse)
        .collect();
    let address = |line: &Line<'_>| line.address(asked, by_name);
    let ids: HashMap<&str, String> = lines.iter().map(|line| (line.id, address(line))).collect();
    lines
        .iter()
        .filter(|line| !line.has("noaddr") && !line.has("handshake"))
        .map(|line| {
            let role = match ids.get(line.primary) {
                Some(primary) => NodeRole::Replica(primary.clone()),
                None if line.has("slave") => NodeRole::Unknown,
                None if line.serves => NodeRole::Primary,
                None => NodeRole::Empty,
            };
            Node::new(address(line)).with_role(role)
        })
        .collect()
}

/// `id ip:port@bus[,name[,...]] flags primary ping pong epoch state [slots ...]`
struct Line<'a> {
    id: &'a str,
    ip: &'a str,
    port: &'a str,
    name: &'a str,
    flags: &'a str,
    primary: &'a str,
    serves: bool,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (id, place, flags, primary) =
            (words.next()?, words.next()?, words.next()?, words.next()?);
        let (endpoint, mut names) = match place.split_once(',') {
            Some((endpoint, names)) => (endpoint, names.split(',')),
            None => (place, "".split(',')),
        };
        let endpoint = endpoint
            .split_once('@')
            .map_or(endpoint, |(endpoint, _)| endpoint);
        let (ip, port) = endpoint.rsplit_once(':')?;
        port.parse::<u16>().ok()?;
        // Slots that are on their way, in brackets, are served by the node that they are leaving.
        let serves = words.skip(4).any(|slots| !slots.starts_with('['));
        Some(Self {
            id,
            ip,
            port,
            name: names
                .next()
                .filter(|name| !name.contains('='))
                .unwrap_or(""),
            flags,
            primary,
            serves,
        })
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.split(',').any(|found| found == flag)
    }

    fn address(&self, asked: &str, by_name: bool) -> String {
        let host = match (self.ip, self.name) {
            (_, name) if by_name && !name.is_empty() && name != "?" => name,
            ("", "" | "?") => asked,
            ("", name) => name,
            (ip, _) => ip,
        };
        format!("{host}:{}", self.port)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NODES: &str = "\
aa 127.0.0.1:7001@17001,one.example myself,master - 0 1795509224000 1 connected 0-5460 [93-<-bb]
bb 127.0.0.1:7002@17002,,tls-port=0,shard-id=x master - 0 1795509225319 2 connected 5461 5463-10922
cc 127.0.0.1:7003@17003 master,fail - 1795509229538 1795509229035 3 disconnected
dd 127.0.0.1:7004@17004 slave aa 0 0 1 connected
ee ::1:7005@17005 slave,fail? zz 0 0 1 connected
ff :0@0 master,noaddr - 0 0 0 disconnected
gg 127.0.0.1:7006@17006 handshake - 0 0 0 connected
hh nonsense
";

    #[test]
    fn tells_primaries_replicas_and_those_without_slots() {
        let node = |address: &str, role| Node::new(address).with_role(role);
        assert_eq!(
            parse(NODES, "seed", false),
            [
                node("127.0.0.1:7001", NodeRole::Primary),
                node("127.0.0.1:7002", NodeRole::Primary),
                node("127.0.0.1:7003", NodeRole::Empty),
                node("127.0.0.1:7004", NodeRole::Replica("127.0.0.1:7001".into())),
                node("::1:7005", NodeRole::Unknown),
            ]
        );
    }

    #[test]
    fn names_come_first_where_certificates_are_checked() {
        let nodes = parse(NODES, "seed", true);
        assert_eq!(nodes[0].address, "one.example:7001");
        assert_eq!(nodes[1].address, "127.0.0.1:7002");
        assert_eq!(nodes[3].role, NodeRole::Replica("one.example:7001".into()));
    }

    #[test]
    fn a_node_that_does_not_know_its_address_is_where_it_was_asked() {
        let nodes = parse(
            "aa :7001@17001 myself,master - 0 0 0 connected 0-16383\n",
            "10.0.0.9",
            false,
        );
        assert_eq!(nodes[0].address, "10.0.0.9:7001");
    }

    proptest! {
        #[test]
        fn never_panics(text in "([a-c]{0,2} ?([0-9.:@,a-z?]{0,20} ?){0,9}\n?){0,9}") {
            parse(&text, "seed", true);
            parse(&text, "seed", false);
        }
    }
}
