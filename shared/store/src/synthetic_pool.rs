//! The test patients' user pool: one account, whose password is another one at each sign-in, so that none is kept anywhere.

use crate::error::StoreError;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, AuthFlowType, MessageActionType};

/// The account's name in the pool: Amazon SES's mailbox simulator, which is nobody's.
const NAME: &str = "success@simulator.amazonses.com";

/// The pool.
pub struct SyntheticPool {
    client: Client,
    pool: String,
    app: String,
}

impl SyntheticPool {
    /// With a client, the pool's id and its app client's id.
    pub const fn new(client: Client, pool: String, app: String) -> Self {
        Self { client, pool, app }
    }

    /// An access token of the test patient. `password` is new and not used again.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn sign_in(&self, password: &str) -> Result<String, StoreError> {
        let verified = AttributeType::builder().name("email_verified").value("true").build();
        let verified = verified.map_err(|_| StoreError::Corrupt { place: "account" })?;
        let made = self.client.admin_create_user().user_pool_id(&self.pool).username(NAME).user_attributes(verified);
        let made = made.temporary_password(password);
        match made.message_action(MessageActionType::Suppress).send().await {
            Ok(_) => {}
            Err(e) if e.as_service_error().is_some_and(|e| e.is_username_exists_exception()) => {}
            Err(e) => return Err(StoreError::service("Cognito", "AdminCreateUser", &e)),
        }
        let set = self.client.admin_set_user_password().user_pool_id(&self.pool).username(NAME);
        let set = set.password(password).permanent(true).send().await;
        set.map_err(|e| StoreError::service("Cognito", "AdminSetUserPassword", &e))?;
        let asked = self.client.admin_initiate_auth().user_pool_id(&self.pool).client_id(&self.app);
        let asked = asked.auth_flow(AuthFlowType::AdminUserPasswordAuth);
        let asked = asked.auth_parameters("USERNAME", NAME).auth_parameters("PASSWORD", password).send().await;
        let answer = asked.map_err(|e| StoreError::service("Cognito", "AdminInitiateAuth", &e))?;
        let token = answer.authentication_result.and_then(|result| result.access_token);
        token.ok_or(StoreError::Corrupt { place: "sign-in" })
    }
}
