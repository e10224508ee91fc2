//! What a fresh stack needs before anybody can use it: a verified sender, institutions, and people who can sign in.

use std::fs;

use anyhow::{Context, Result};
use medius_domain::provider::Provider;
use medius_tests::stack::{RunFile, SignIn, Stack};

use crate::{deploy::SENDER, say::Step, workspace};

/// Fills the stack; `run` gets the sign-ins and institutions.
pub(crate) async fn fill(run: &mut RunFile) -> Result<()> {
    let stack = Stack::from_run(run.clone());
    let step = Step::start("sender, institutions and demo sign-ins");
    verify_sender(&stack).await?;
    run.providers = institutions(&stack).await?;
    run.sign_ins = sign_ins(&stack).await?;
    step.done(&format!("{} institutions, {} people", run.providers.len(), run.sign_ins.len()));
    Ok(())
}

async fn verify_sender(stack: &Stack) -> Result<()> {
    let ses = stack.ses(stack.operator_credentials());
    ses.create_email_identity().email_identity(SENDER).send().await.context("the sender could not be verified")?;
    Ok(())
}

/// The directory of `infra/local/providers.json`, all invented.
async fn institutions(stack: &Stack) -> Result<Vec<String>> {
    let path = workspace::root().join("infra/local/providers.json");
    let institutions: Vec<Provider> =
        serde_json::from_str(&fs::read_to_string(&path)?).context("infra/local/providers.json")?;
    let dynamodb = stack.dynamodb(stack.operator_credentials());
    let mut ids = Vec::new();
    for institution in institutions {
        let put = dynamodb.put_item().table_name(stack.table("directory"));
        let put = put.set_item(Some(medius_store::provider_item(&institution)?));
        put.send().await.context("an institution could not be written")?;
        ids.push(institution.id.to_string());
    }
    Ok(ids)
}

/// Two patients, so that one can try to reach the other's case; and of each staff group somebody, two where one person's
/// work is checked by another of the group. Passwords are this run's own.
async fn sign_ins(stack: &Stack) -> Result<Vec<SignIn>> {
    let mut sign_ins = Vec::new();
    for (role, name) in [
        ("patient", "patient-one"),
        ("patient", "patient-two"),
        ("coordinator", "coordinator"),
        ("coordinator", "coordinator-two"),
        ("clinician_reviewer", "clinician_reviewer"),
        ("dpo", "dpo"),
        ("auditor", "auditor"),
        ("auditor", "auditor-two"),
        ("ops", "ops"),
        ("ops", "ops-two"),
    ] {
        let password = format!("Aa1-{}", uuid::Uuid::new_v4().simple());
        let sign_in = SignIn { role: role.into(), email: format!("{name}@medius.example"), password };
        let pool = if role == "patient" { &stack.run().patient_pool } else { &stack.run().staff_pool };
        stack.create_user(&pool.id, &sign_in).await?;
        if role != "patient" {
            stack.add_to_group(&sign_in).await?;
        }
        sign_ins.push(sign_in);
    }
    Ok(sign_ins)
}
