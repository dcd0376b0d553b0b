//! TLS by rustls.

use std::fmt;

use redis::{Client, ClientTlsConfig, ConnectionAddr, ConnectionInfo, TlsCertificates};

use crate::error::{Error, ErrorKind};

/// Authorities and a certificate of the client, in PEM. Without authorities the system's are trusted.
#[derive(Clone, Default)]
pub struct Tls {
    authorities: Option<Vec<u8>>,
    client: Option<ClientTlsConfig>,
}

impl Tls {
    /// The system's authorities, and no certificate of the client.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts these authorities (PEM), and no others.
    #[must_use]
    pub fn with_authorities(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.authorities = Some(pem.into());
        self
    }

    /// Shows the server a certificate chain and signs with its key (both PEM).
    #[must_use]
    pub fn with_client_certificate(
        mut self,
        chain: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.client = Some(ClientTlsConfig {
            client_cert: chain.into(),
            client_key: key.into(),
        });
        self
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("authorities", &self.authorities.is_some())
            .field("client_certificate", &self.client.is_some())
            .finish()
    }
}

/// `seed` with the certificates in it.
pub(crate) fn example(seed: &ConnectionInfo, tls: Option<&Tls>) -> Result<ConnectionInfo, Error> {
    if !matches!(seed.addr(), ConnectionAddr::TcpTls { .. }) {
        return match tls {
            None => Ok(seed.clone()),
            Some(_) => Err(Error::new(
                ErrorKind::Config,
                "certificates need a URL of rediss://",
            )),
        };
    }
    provide();
    let Some(tls) = tls else {
        return Ok(seed.clone());
    };
    let certificates = TlsCertificates {
        client_tls: tls.client.clone(),
        root_cert: tls.authorities.clone(),
    };
    let client = Client::build_with_tls(seed.clone(), certificates).map_err(|error| {
        Error::new(
            ErrorKind::Config,
            "the certificates could not be read as PEM",
        )
        .with_source(error)
    })?;
    Ok(client.get_connection_info().clone())
}

/// The driver takes the provider of the process, and rustls panics where there is none and it cannot choose between two.
/// Where it can choose it sets the same one itself.
fn provide() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have been faster, which is as well.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}
