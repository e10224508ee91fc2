//! The staff's user pool: accounts and the groups that are roles. Every call can be repeated; none answers with a password.

use crate::error::StoreError;
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, DeliveryMediumType, GroupType, UserStatusType, UserType};
use chrono::{DateTime, Utc};
use medius_domain::id::Subject;
use medius_domain::person::Email;
use medius_domain::policy::Role;

/// An account of the pool.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person's pseudonym.
    pub subject: Subject,
    /// The random name by which the pool knows them.
    pub username: String,
    /// The address that they sign in with.
    pub email: Option<Email>,
    /// Whether they can sign in.
    pub enabled: bool,
    /// Whether they have not signed in yet: their first password has not been replaced.
    pub invited: bool,
    /// When it was made.
    pub created_at: Option<DateTime<Utc>>,
}

/// The pool.
pub struct StaffPool {
    client: Client,
    pool: String,
}

fn failed<E, R>(
    operation: &'static str,
) -> impl Fn(aws_smithy_runtime_api::client::result::SdkError<E, R>) -> StoreError
where
    E: aws_smithy_types::error::metadata::ProvideErrorMetadata,
{
    move |error| StoreError::service("Cognito", operation, &error)
}

/// An account out of what the pool says; an account without a `sub` is none of ours.
fn account(user: &UserType) -> Option<Account> {
    let pending = matches!(user.user_status(), Some(UserStatusType::ForceChangePassword));
    let made = user.user_create_date().and_then(|at| DateTime::from_timestamp(at.secs(), 0));
    of_parts(user.username()?, user.attributes(), user.enabled(), pending, made)
}

fn of_parts(
    username: &str,
    attributes: &[AttributeType],
    enabled: bool,
    invited: bool,
    created_at: Option<DateTime<Utc>>,
) -> Option<Account> {
    let attribute = |name: &str| attributes.iter().find(|a| a.name() == name).and_then(AttributeType::value);
    Some(Account {
        subject: Subject::of(attribute("sub")?),
        username: username.to_owned(),
        email: attribute("email").and_then(|e| Email::parse(e).ok()),
        enabled,
        invited,
        created_at,
    })
}

fn role(group: &GroupType) -> Option<Role> {
    group.group_name().and_then(Role::of_group)
}

impl StaffPool {
    /// With a client and the pool's id.
    pub fn new(client: Client, pool: String) -> Self {
        Self { client, pool }
    }

    /// Every account, some hundred at most.
    ///
    /// # Errors
    /// [`StoreError::Service`], as with every call here.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut pages = self.client.list_users().user_pool_id(&self.pool).into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(user) = pages.next().await {
            found.extend(account(&user.map_err(failed("ListUsers"))?));
        }
        Ok(found)
    }

    /// The accounts that have a role, by their names in the pool.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn holders(&self, role: Role) -> Result<Vec<String>, StoreError> {
        let request = self.client.list_users_in_group().user_pool_id(&self.pool).group_name(role.code());
        let mut pages = request.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(user) = pages.next().await {
            found.extend(user.map_err(failed("ListUsersInGroup"))?.username);
        }
        Ok(found)
    }

    /// The roles of an account.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn roles(&self, username: &str) -> Result<Vec<Role>, StoreError> {
        let request = self.client.admin_list_groups_for_user().user_pool_id(&self.pool).username(username);
        let mut pages = request.into_paginator().items().send();
        let mut found = Vec::new();
        while let Some(group) = pages.next().await {
            found.extend(role(&group.map_err(failed("AdminListGroupsForUser"))?));
        }
        found.sort();
        Ok(found)
    }

    /// An account by its name in the pool or by its address.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn account(&self, username: &str) -> Result<Option<Account>, StoreError> {
        match self.client.admin_get_user().user_pool_id(&self.pool).username(username).send().await {
            Ok(user) => {
                let invited = matches!(user.user_status(), Some(UserStatusType::ForceChangePassword));
                let made = user.user_create_date().and_then(|at| DateTime::from_timestamp(at.secs(), 0));
                Ok(of_parts(user.username(), user.user_attributes(), user.enabled(), invited, made))
            }
            Err(e) if e.as_service_error().is_some_and(|e| e.is_user_not_found_exception()) => Ok(None),
            Err(e) => Err(failed("AdminGetUser")(e)),
        }
    }

    /// Makes an account; the pool mails the invitation with a password that lasts a day. One that is there already, for
    /// example because an earlier request broke off, is given back as it is.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn create(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        let attribute = |name: &str, value: &str| {
            let built = AttributeType::builder().name(name).value(value).build();
            built.map_err(|_| StoreError::Corrupt { place: "account" })
        };
        let made = self
            .client
            .admin_create_user()
            .user_pool_id(&self.pool)
            .username(email.expose())
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .user_attributes(attribute("email", email.expose())?)
            // Whoever reads the invitation holds the mailbox.
            .user_attributes(attribute("email_verified", "true")?)
            .send()
            .await;
        match made {
            Ok(answer) => Ok(answer.user().and_then(account)),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_username_exists_exception()) => {
                self.account(email.expose()).await
            }
            Err(e) => Err(failed("AdminCreateUser")(e)),
        }
    }

    /// Gives a role.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn grant(&self, username: &str, role: Role) -> Result<(), StoreError> {
        let request = self.client.admin_add_user_to_group().user_pool_id(&self.pool);
        let request = request.username(username).group_name(role.code());
        request.send().await.map(drop).map_err(failed("AdminAddUserToGroup"))
    }

    /// Takes a role, and every session: what was signed in with the role cannot be renewed.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn remove(&self, username: &str, role: Role) -> Result<(), StoreError> {
        let request = self.client.admin_remove_user_from_group().user_pool_id(&self.pool);
        let request = request.username(username).group_name(role.code());
        request.send().await.map_err(failed("AdminRemoveUserFromGroup"))?;
        self.sign_out(username).await
    }

    /// Closes an account and ends its sessions.
    ///
    /// # Errors
    /// [`StoreError::Service`].
    pub async fn disable(&self, username: &str) -> Result<(), StoreError> {
        let request = self.client.admin_disable_user().user_pool_id(&self.pool).username(username);
        request.send().await.map_err(failed("AdminDisableUser"))?;
        self.sign_out(username).await
    }

    async fn sign_out(&self, username: &str) -> Result<(), StoreError> {
        let request = self.client.admin_user_global_sign_out().user_pool_id(&self.pool).username(username);
        request.send().await.map(drop).map_err(failed("AdminUserGlobalSignOut"))
    }
}
