//! TLS, with certificates of both sides.

use llm_vitals_redis::{ErrorKind, RedisCollector, RedisTarget, Tls};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use crate::support::{Options, Server, free_port, tick};

struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        // With the name of those it signs it would seem to have signed itself.
        parameters
            .distinguished_name
            .push(DnType::CommonName, "authority");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = parameters.self_signed(&key).unwrap().pem();
        Self(Issuer::new(parameters, key), pem)
    }

    /// A certificate and its key.
    fn sign(&self, name: &str) -> (String, String) {
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

#[tokio::test]
async fn reads_a_server_that_wants_certificates_and_trusts_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (certificate, key) = authority.sign("127.0.0.1");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (ca, cert, key) = (
        file("ca", &authority.1),
        file("cert", &certificate),
        file("key", &key),
    );
    let port = free_port();
    let port_text = port.to_string();
    let arguments = [
        "--tls-port",
        &port_text,
        "--tls-ca-cert-file",
        &ca,
        "--tls-cert-file",
        &cert,
        "--tls-key-file",
        &key,
        "--tls-auth-clients",
        "yes",
    ];
    let options = Options {
        arguments: &arguments,
        ..Options::default()
    };
    let Some(_server) = Server::start_with(&options) else {
        return;
    };

    let (chain, key) = authority.sign("collector");
    let with = |tls: Tls| {
        let target = RedisTarget::standalone(format!("rediss://127.0.0.1:{port}")).with_tls(tls);
        let client = target.build().unwrap();
        RedisCollector::new(client)
            .with_name("cache")
            .without_lease()
    };
    let both = Tls::new()
        .with_authorities(authority.1.clone())
        .with_client_certificate(chain, key);
    assert!(!format!("{both:?}").contains("PRIVATE"));
    let text = tick(&mut with(both.clone())).await;
    assert_eq!(text.cache("redis_up"), Some(1.0), "{}", text.0);

    let stranger = Tls::new().with_authorities(Authority::new().1);
    let nameless = Tls::new().with_authorities(authority.1.clone());
    for tls in [stranger, nameless] {
        let text = tick(&mut with(tls)).await;
        assert_eq!(text.cache("redis_up"), Some(0.0));
        assert_eq!(
            text.get(r#"redis_collector_failures_total{node="cache",reason="connection"}"#),
            Some(1.0),
            "{}",
            text.0
        );
    }

    let no_pem = Tls::new().with_client_certificate("nonsense", "secret-nonsense");
    let error = RedisTarget::standalone("rediss://127.0.0.1:1")
        .with_tls(no_pem)
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(!format!("{error:?}").contains("secret-nonsense"));
    let no_tls = RedisTarget::standalone("redis://127.0.0.1:1")
        .with_tls(both)
        .build()
        .unwrap_err();
    assert_eq!(no_tls.kind(), ErrorKind::Config);
}
