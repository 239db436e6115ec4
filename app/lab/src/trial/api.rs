//! Server functions of the trial. Files come through a plain route, as their size has another bound.

use kit::AppError;
use leptos::prelude::*;
use views::trial::TrialPage;

/// The page of the trial.
#[server]
pub async fn load_trial(key: String) -> Result<TrialPage, AppError> {
    let (workbench, caller) = kit::server::here()?;
    Ok(workbench.trial_page(&caller, &key).await?)
}

/// Answers a question.
#[server]
pub async fn answer_question(
    plan: String,
    question: String,
    answer: String,
    note: String,
    answered_by: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.answer_question(&caller, &plan, &question, &answer, &note, &answered_by).await?;
    kit::server::redirect(&format!("/p/{plan}/trial?open={question}#q-{question}"));
    Ok(())
}

/// Links a run, a note or a file that is kept already.
#[server]
pub async fn link_proof(
    plan: String,
    question: String,
    kind: String,
    #[server(default)] run: String,
    #[server(default)] file: String,
    #[server(default)] note: String,
) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    let proof = workbench::NewProof { kind, run, file, note };
    workbench.link_proof(&caller, &plan, &question, proof).await?;
    kit::server::redirect(&format!("/p/{plan}/trial?open={question}#q-{question}"));
    Ok(())
}

/// Takes a piece of evidence away.
#[server]
pub async fn unlink_proof(plan: String, question: String, answer: String, proof: String) -> Result<(), AppError> {
    let (workbench, caller) = kit::server::here()?;
    workbench.unlink_proof(&caller, &plan, &answer, &proof).await?;
    kit::server::redirect(&format!("/p/{plan}/trial?open={question}#q-{question}"));
    Ok(())
}
