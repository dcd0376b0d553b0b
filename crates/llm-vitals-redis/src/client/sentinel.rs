//! A primary and its replicas, as a Sentinel tells them.

use super::connections::Connections;
use crate::error::{Error, ErrorKind};
use crate::source::{Command, Node, NodeRole, Reply};

/// More replicas than this are not looked at.
const MAX_REPLICAS: usize = 500;

pub(crate) async fn ask(
    connections: &Connections,
    address: &str,
    service: &str,
) -> Result<Vec<Node>, Error> {
    // SLAVES is what every version understands.
    let commands = [
        Command::new(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", service]),
        Command::new(["SENTINEL", "SLAVES", service]),
    ];
    let replies = connections.query(address, &commands).await?;
    if let Some(code) = replies[0].error_code() {
        let kind = match code {
            "NOPERM" => ErrorKind::Denied,
            "NOAUTH" => ErrorKind::Auth,
            _ => ErrorKind::Server,
        };
        return Err(Error::new(
            kind,
            format!("Sentinel {address} refused with {code}"),
        ));
    }
    parse(&replies[0], &replies[1]).ok_or_else(|| {
        Error::new(
            ErrorKind::Discovery,
            format!("Sentinel {address} knows no primary of this name"),
        )
    })
}

fn parse(primary: &Reply, replicas: &Reply) -> Option<Vec<Node>> {
    let [host, port] = primary.list()? else {
        return None;
    };
    let primary = join(host.text()?, port.text()?)?;
    let mut nodes = vec![Node::new(&primary).with_role(NodeRole::Primary)];
    for replica in replicas
        .list()
        .unwrap_or_default()
        .iter()
        .take(MAX_REPLICAS)
    {
        let fields = replica.list().unwrap_or_default();
        let field = |name: &str| {
            let mut pairs = fields.chunks_exact(2);
            pairs
                .find(|pair| pair[0].text() == Some(name))
                .and_then(|pair| pair[1].text())
        };
        let address = field("ip").zip(field("port"));
        if let Some(address) = address.and_then(|(host, port)| join(host, port))
            // In the moment after a failover the new primary is still listed as a replica.
            && nodes.iter().all(|node| node.address != address)
        {
            nodes.push(Node::new(address).with_role(NodeRole::Replica(primary.clone())));
        }
    }
    Some(nodes)
}

fn join(host: &str, port: &str) -> Option<String> {
    port.parse::<u16>().ok().filter(|_| !host.is_empty())?;
    Some(format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: &[&str]) -> Reply {
        let words = words
            .iter()
            .map(|word| Reply::Bytes(word.as_bytes().to_vec()));
        Reply::List(words.collect())
    }

    #[test]
    fn reads_the_primary_and_its_replicas_once_each() {
        let replicas = Reply::List(vec![
            texts(&[
                "name",
                "x",
                "port",
                "7002",
                "ip",
                "10.0.0.2",
                "flags",
                "slave,s_down",
            ]),
            texts(&["ip", "10.0.0.1", "port", "7001"]),
            texts(&["ip", "10.0.0.3", "port", "x"]),
            texts(&["ip"]),
            Reply::Nil,
        ]);
        assert_eq!(
            parse(&texts(&["10.0.0.1", "7001"]), &replicas),
            Some(vec![
                Node::new("10.0.0.1:7001").with_role(NodeRole::Primary),
                Node::new("10.0.0.2:7002").with_role(NodeRole::Replica("10.0.0.1:7001".into())),
            ])
        );
    }

    #[test]
    fn a_service_that_the_sentinel_does_not_know_has_no_nodes() {
        assert_eq!(
            parse(&Reply::Nil, &Reply::Error("ERR".into(), String::new())),
            None
        );
    }
}
