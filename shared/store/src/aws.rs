//! The clients' common ground, built by hand: region and credentials from the environment, one HTTP client, the time-outs
//! of the design (attempt 2 s < operation 6 s). `aws-config` would triple a function's start-up.

use crate::error::StoreError;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::{
    rt::sleep::{SharedAsyncSleep, TokioSleep},
    time::SystemTimeSource,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};
use std::time::Duration;

/// The five root certificates that AWS endpoints chain to (Amazon Trust Services repository), so that the 140 others are
/// not read at every start.
const AMAZON_ROOTS: &[u8] = include_bytes!("../assets/amazon-roots.pem");

/// Time-out of one attempt.
const ATTEMPT: Duration = Duration::from_secs(2);
/// Time-out of an operation with its retries.
const OPERATION: Duration = Duration::from_secs(6);

/// The same for files.
const FILE_ATTEMPT: Duration = Duration::from_secs(15);
const FILE_OPERATION: Duration = Duration::from_secs(30);

/// Makes clients.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    local: bool,
    native_roots: bool,
}

/// What is trusted: Amazon's roots, or the machine's own.
fn trusted(native_roots: bool) -> Result<TlsContext, StoreError> {
    let roots = if native_roots {
        TrustStore::empty().with_native_roots(true)
    } else {
        TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
    };
    let built = TlsContext::builder().with_trust_store(roots).build();
    built.map_err(|_| StoreError::Configuration("root certificates"))
}

impl Aws {
    /// From the environment that Lambda gives to a function.
    ///
    /// # Errors
    /// [`StoreError::Configuration`] when a variable is missing.
    pub fn from_env() -> Result<Self, StoreError> {
        let var = |name: &'static str| std::env::var(name).map_err(|_| StoreError::Configuration(name));
        let credentials = Credentials::new(
            var("AWS_ACCESS_KEY_ID")?,
            var("AWS_SECRET_ACCESS_KEY")?,
            std::env::var("AWS_SESSION_TOKEN").ok(),
            None,
            "lambda-environment",
        );
        let endpoint = std::env::var("AWS_ENDPOINT_URL").ok();
        let native = std::env::var("NATIVE_ROOTS").is_ok();
        Self::new(var("AWS_REGION")?, credentials, endpoint, native)
    }

    /// With everything given; `endpoint` is set for a local AWS. Native root certificates are read only when asked for or
    /// with an endpoint of one's own.
    ///
    /// # Errors
    /// [`StoreError::Configuration`] when the certificates cannot be used.
    pub fn new(
        region: String,
        credentials: Credentials,
        endpoint: Option<String>,
        native_roots: bool,
    ) -> Result<Self, StoreError> {
        let native_roots = native_roots || endpoint.is_some();
        let tls = trusted(native_roots)?;
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(tls).build_https();
        let mut config = SdkConfig::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .time_source(SystemTimeSource::new())
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50)))
            .timeout_config(
                TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT).operation_timeout(OPERATION).build(),
            );
        let local = endpoint.is_some();
        if let Some(url) = endpoint {
            config = config.endpoint_url(url);
        }
        Ok(Self { config: config.build(), local, native_roots })
    }

    /// The clients' TLS, for a client of another kind.
    pub(crate) fn tls(&self) -> Result<TlsContext, StoreError> {
        trusted(self.native_roots)
    }

    /// A DynamoDB client.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// A KMS client.
    pub fn kms(&self) -> aws_sdk_kms::Client {
        aws_sdk_kms::Client::new(&self.config)
    }

    /// An S3 client; a local AWS has buckets in the path, not in the host name.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.local).build(),
        )
    }

    /// An S3 client that has the time for files of some megabytes.
    pub fn s3_for_files(&self) -> aws_sdk_s3::Client {
        let time = TimeoutConfig::builder().operation_attempt_timeout(FILE_ATTEMPT).operation_timeout(FILE_OPERATION);
        aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&self.config)
                .force_path_style(self.local)
                .timeout_config(time.build())
                .build(),
        )
    }

    /// An SES client. It asks once: SES knows no token by which a repeat is known as one, so a call without an answer is not for
    /// the library to repeat.
    pub fn ses(&self) -> aws_sdk_sesv2::Client {
        let config = aws_sdk_sesv2::config::Builder::from(&self.config).retry_config(RetryConfig::disabled());
        aws_sdk_sesv2::Client::from_conf(config.build())
    }

    /// A Cognito client.
    pub fn user_pools(&self) -> aws_sdk_cognitoidentityprovider::Client {
        aws_sdk_cognitoidentityprovider::Client::new(&self.config)
    }
}
