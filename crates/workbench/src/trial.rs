//! The trial: answering the four questions and linking what shows the answers. Evidence is stamped with
//! the hash of what is tried, so that it stops counting when flows, mapping or systems change.

use crate::{Access, Caller, Error, Workbench, activity, dashboards::sides_of, editing::draft_of, keys, plans};
use domain::{
    AttachmentId, Change, Choices, Document, Entity, EvidenceFile, Item, ItemId, Kind, PartId, Patch, PlanRole, Row,
    Run, RunState,
    entity::{Check, Proof, ProofKind, TrialAnswer, TrialQuestion},
};
use rules::QuestionStatus;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use views::{
    items::RefOption,
    trial::{ProofRow, QuestionCard, TrialPage},
};

/// Most bytes of a file kept as evidence.
pub const EVIDENCE_MAX: usize = 20 << 20;

/// Things of a run that are not as expected that are named beside it.
const UNEXPECTED: usize = 3;

/// A piece of evidence somebody wants to link.
#[derive(Debug, Clone, Default)]
pub struct NewProof {
    /// `run`, `note` or `file`.
    pub kind: String,
    /// The run's id.
    pub run: String,
    /// The file's id.
    pub file: String,
    /// What was seen.
    pub note: String,
}

impl Workbench {
    /// The page of the trial.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn trial_page(&self, caller: &Caller, key: &str) -> Result<TrialPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let hash = rules::trial_hash(&access.plan);
        let states = rules::trial_state(&access.plan, &access.evidence);
        let questions = states.into_iter().map(|state| card(&access, state, &hash)).collect();
        let mut runs: Vec<_> = access.evidence.runs.iter().filter(|r| usable(&access, r, &hash).is_ok()).collect();
        runs.sort_by_key(|r| std::cmp::Reverse(r.number));
        let title = |r: &Run| format!("run {} of {}", r.number, access.plan.title(r.check));
        let files = access.evidence.files.iter();
        Ok(TrialPage {
            head: plans::head(&access),
            questions,
            hash,
            runs: runs.into_iter().take(50).map(|r| RefOption { id: r.id.to_string(), title: title(r) }).collect(),
            files: files.map(|f| RefOption { id: f.id.to_string(), title: f.name.clone() }).collect(),
            may_edit: access.may_edit(),
        })
    }

    /// Answers a question of the trial.
    ///
    /// # Errors
    /// When the question or the answer is none, or the caller may not edit.
    pub async fn answer_question(
        &self,
        caller: &Caller,
        key: &str,
        question: &str,
        answer: &str,
        note: &str,
        answered_by: &str,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let question = asked(question)?;
        let mut fields = Map::new();
        for (name, text) in [("answer", answer), ("note", note), ("answered_by", answered_by)] {
            let field = Kind::TrialAnswer.field(name).ok_or_else(|| Error::Internal(format!("no field {name}")))?;
            fields.insert(name.to_owned(), field.parse(text).map_err(|e| Error::Invalid(vec![e]))?);
        }
        if fields["answer"].is_null() {
            return Err(Error::invalid("answer", "is needed: yes, no or not yet"));
        }
        let change = match answer_of(&access, question) {
            None => added(question, fields),
            Some(row) => {
                let body = row.item.entity.body();
                let patch = |(field, after): (String, Value)| {
                    let before = body[field.as_str()].clone();
                    (before != after).then_some(Patch { field, before, after })
                };
                Change::Set { item: row.id(), patches: fields.into_iter().filter_map(patch).collect() }
            }
        };
        self.edit(caller, key, vec![change]).await.map(|_| ())
    }

    /// Links a run, a note or a kept file to a question, stamped with what is planned now.
    ///
    /// # Errors
    /// When it shows nothing: a run that is not done or of a check that has changed since, an empty note.
    pub async fn link_proof(&self, caller: &Caller, key: &str, question: &str, proof: NewProof) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let question = asked(question)?;
        let note = domain::Text::new(&proof.note).map_err(|e| Error::invalid("note", e))?;
        let part = match proof.kind.as_str() {
            "run" => {
                let id = proof.run.parse().map_err(|_| Error::invalid("run", "is needed: choose one"))?;
                let run = access.evidence.run(id).ok_or(Error::NotFound("run"))?;
                usable(&access, run, &rules::trial_hash(&access.plan)).map_err(|why| Error::invalid("run", why))?;
                json!({ "kind": "run", "run": id, "note": &*note })
            }
            "file" => {
                let id: AttachmentId =
                    proof.file.parse().map_err(|_| Error::invalid("file", "is needed: choose one"))?;
                if !access.evidence.files.iter().any(|f| f.id == id) {
                    return Err(Error::NotFound("file"));
                }
                json!({ "kind": "file", "file": id, "note": &*note })
            }
            "note" if note.is_empty() => {
                return Err(Error::invalid("note", "is needed: say what was seen, where and when"));
            }
            "note" => json!({ "kind": "note", "note": &*note }),
            _ => return Err(Error::invalid("kind", "is needed: run, note or file")),
        };
        self.link(caller, &access, question, part).await
    }

    /// Whether the caller may keep a file with the plan: asked before the file is read.
    ///
    /// # Errors
    /// When the caller does not edit the plan or its version is signed.
    pub async fn may_attach(&self, caller: &Caller, key: &str) -> Result<(), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Editor).await?;
        if plan.state.editable() {
            Ok(())
        } else {
            Err(Error::Conflict("this version is signed and cannot be changed; revise it first".into()))
        }
    }

    /// Keeps a file with the plan and links it to a question of the trial.
    ///
    /// # Errors
    /// When it is empty or too large, or the caller may not edit.
    pub async fn attach_proof(
        &self,
        caller: &Caller,
        key: &str,
        question: &str,
        file_name: &str,
        bytes: &[u8],
        note: &str,
    ) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let by = caller.user_id().ok_or(Error::SignedOut)?;
        if !access.may_edit() {
            return Err(Error::Conflict("this version is signed and cannot be changed; revise it first".into()));
        }
        let question = asked(question)?;
        let note = domain::Text::new(note).map_err(|e| Error::invalid("note", e))?;
        let name = crate::items::line("file", file_name.rsplit(['/', '\\']).next().unwrap_or_default())?;
        if name.is_empty() || bytes.is_empty() {
            return Err(Error::invalid("file", "is needed; choose one that is not empty"));
        }
        if bytes.len() > EVIDENCE_MAX {
            return Err(Error::invalid(
                "file",
                format!("is larger than {} MB; keep the part that shows it", EVIDENCE_MAX >> 20),
            ));
        }
        let file = EvidenceFile {
            id: AttachmentId(Uuid::now_v7()),
            name: name.to_string(),
            size: bytes.len() as u64,
            sha256: keys::sha256_hex(bytes),
            at: self.now(),
            by_name: String::new(),
        };
        let audit = self.audit(caller, "kept a file", None, json!({ "name": file.name, "sha256": file.sha256 }));
        self.store().insert_attachment(access.plan.document.id, &file, by, bytes, audit).await?;
        self.link(caller, &access, question, json!({ "kind": "file", "file": file.id, "note": &*note })).await
    }

    /// Takes a piece of evidence away from an answer. A kept file stays with the plan.
    ///
    /// # Errors
    /// When there is none or the caller may not edit.
    pub async fn unlink_proof(&self, caller: &Caller, key: &str, answer: &str, proof: &str) -> Result<(), Error> {
        let access = self.access(caller, key, PlanRole::Editor).await?;
        let item = access.find(answer).ok_or(Error::NotFound("trial answer"))?;
        let row = access.plan.get::<TrialAnswer>(item.id).ok_or(Error::NotFound("trial answer"))?;
        let id: PartId = proof.parse().map_err(|_| Error::NotFound("piece of evidence"))?;
        let part = row.entity.proofs.iter().find(|p| p.id == id).ok_or(Error::NotFound("piece of evidence"))?;
        let before = serde_json::to_value(part).map_err(|e| Error::internal("evidence cannot be read", &e))?;
        let patch = Patch { field: format!("proofs/{id}"), before, after: Value::Null };
        self.edit(caller, key, vec![Change::Set { item: item.id, patches: vec![patch] }]).await.map(|_| ())
    }

    /// A file kept with a plan.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such file in it.
    pub async fn evidence_file(
        &self,
        caller: &Caller,
        key: &str,
        file: &str,
    ) -> Result<(EvidenceFile, Vec<u8>), Error> {
        let (plan, _) = self.role(caller, key, PlanRole::Viewer).await?;
        let id = file.parse().map_err(|_| Error::NotFound("file"))?;
        Ok(self.store().load_attachment(plan.document, id).await?)
    }

    async fn link(&self, caller: &Caller, access: &Access, question: TrialQuestion, part: Value) -> Result<(), Error> {
        let id = Uuid::now_v7().to_string();
        let mut whole = json!({
            "id": id, "kind": null, "run": null, "file": null, "note": "", "slice_hash": rules::trial_hash(&access.plan),
        });
        for (name, value) in part.as_object().into_iter().flatten() {
            whole[name.as_str()] = value.clone();
        }
        let change = match answer_of(access, question) {
            None => {
                let mut fields = Map::new();
                fields.insert("proofs".into(), json!([whole]));
                added(question, fields)
            }
            Some(row) => {
                let patch = Patch { field: format!("proofs/{id}"), before: Value::Null, after: whole };
                Change::Set { item: row.id(), patches: vec![patch] }
            }
        };
        self.edit(caller, &access.plan.key, vec![change]).await.map(|_| ())
    }
}

fn asked(code: &str) -> Result<TrialQuestion, Error> {
    serde_json::from_value(json!(code)).map_err(|_| Error::NotFound("question"))
}

/// The answer that counts: the latest.
fn answer_of(access: &Access, question: TrialQuestion) -> Option<Row<'_, TrialAnswer>> {
    access.plan.each::<TrialAnswer>().filter(|a| a.question == Some(question)).last()
}

fn added(question: TrialQuestion, mut fields: Map<String, Value>) -> Change {
    fields.insert("question".into(), json!(question.code()));
    Change::Add { item: ItemId(Uuid::now_v7()), kind: Kind::TrialAnswer, fields }
}

/// Whether a run shows something about what is planned now; `hash` is that of what is tried.
fn usable(access: &Access, run: &Run, hash: &str) -> Result<(), String> {
    if run.state != RunState::Done {
        return Err(format!("run {} has no result", run.number));
    }
    match access.plan.get::<Check>(run.check) {
        None => Err(format!("the check of run {} was removed", run.number)),
        Some(check) if rules::spec_hash(check.entity) != run.spec_hash => {
            Err(format!("run {} was taken before its check was changed; run it again", run.number))
        }
        Some(_) if run.slice_hash != hash => {
            Err(format!("run {} was taken before flows, mapping or systems changed; run it again", run.number))
        }
        Some(_) => Ok(()),
    }
}

/// Refuses a stamp that was typed: evidence is stamped with what is planned when it is linked. `changed`
/// are the items of `document` as they are to be.
pub(crate) fn stamps_hold(document: &Document, workspace: &Document, changed: &[Item]) -> Result<(), Error> {
    let mut current = None;
    for item in changed {
        let Entity::TrialAnswer(after) = &item.entity else { continue };
        let before = document.items.get(&item.id).and_then(|old| match &old.entity {
            Entity::TrialAnswer(answer) => Some(answer),
            _ => None,
        });
        let old = |id: PartId| before.and_then(|a| a.proofs.iter().find(|p| p.id == id)).map(|p| &p.slice_hash);
        // Without a stamp it shows nothing, so that may stand.
        let stamped = after.proofs.iter().filter(|p| !p.slice_hash.is_empty());
        let mut new = stamped.filter(|p| old(p.id) != Some(&p.slice_hash)).peekable();
        if new.peek().is_none() {
            continue;
        }
        let hash = current.get_or_insert_with(|| rules::trial_hash(&draft_of(document, workspace)));
        if new.any(|p| *p.slice_hash != **hash) {
            return Err(Error::invalid("proofs", "“taken at” is set by the program: link the evidence again"));
        }
    }
    Ok(())
}

fn card(access: &Access, status: QuestionStatus, hash: &str) -> QuestionCard {
    let row = answer_of(access, status.question);
    let proofs = row.map(|r| r.entity.proofs.iter().map(|p| proof(access, status.question, p, hash)).collect());
    QuestionCard {
        code: status.question.code().into(),
        words: status.question.label().into(),
        state: status.state,
        reason: status.reason,
        item: row.map(|r| r.id()),
        href: row.map(|r| activity::href(access, r.item)),
        answer: row.and_then(|r| r.answer).map_or("", Choices::code).into(),
        note: row.map(|r| r.note.to_string()).unwrap_or_default(),
        answered_by: row
            .map(|r| r.answered_by.to_string())
            .filter(|by| !by.is_empty())
            .unwrap_or_else(|| access.caller.name()),
        proofs: proofs.unwrap_or_default(),
    }
}

fn proof(access: &Access, question: TrialQuestion, proof: &Proof, hash: &str) -> ProofRow {
    let key = &access.plan.key;
    let run = proof.run.filter(|_| proof.kind == Some(ProofKind::Run)).and_then(|id| access.evidence.run(id));
    let (text, href, gone) = match proof.kind {
        Some(ProofKind::Run) => match run {
            Some(run) => (
                format!("Run {} of {}", run.number, access.plan.title(run.check)),
                Some(format!("/p/{key}/runs/{}", run.number)),
                run.state != RunState::Done,
            ),
            None => ("A run that is gone".into(), None, true),
        },
        Some(ProofKind::File) => match proof.file.and_then(|id| access.evidence.files.iter().find(|f| f.id == id)) {
            Some(file) => (file.name.clone(), Some(format!("/p/{key}/files/{}", file.id)), false),
            None => ("A file that is gone".into(), None, true),
        },
        Some(ProofKind::Note) => ("Note".into(), None, proof.note.is_empty()),
        None => ("Evidence of no kind".into(), None, true),
    };
    let current = !gone && rules::proof_is_current(proof, &access.evidence, hash);
    let unexpected = match run {
        Some(run) if question == TrialQuestion::Format => unexpected(access, run),
        _ => String::new(),
    };
    ProofRow {
        id: proof.id,
        kind: proof.kind.map_or("", Choices::code).into(),
        text,
        note: proof.note.to_string(),
        href,
        current,
        unexpected,
        taken_at: proof.slice_hash.chars().take(8).collect(),
        why_not: match (gone, current) {
            (true, _) => "it shows nothing any more".into(),
            (_, true) => String::new(),
            _ => "flows, mapping or systems changed after it was taken".into(),
        },
    }
}

/// What of a run is not as expected of format and quantity, in a few words; empty where all is.
fn unexpected(access: &Access, run: &Run) -> String {
    let Some(totals) = &run.totals else { return String::new() };
    let (left, right) = sides_of(access, run);
    let all = rules::not_as_expected(totals, [&left, &right]);
    let mut words: Vec<String> = all.iter().take(UNEXPECTED).cloned().collect();
    if all.len() > UNEXPECTED {
        words.push(format!("{} more", rules::number((all.len() - UNEXPECTED) as u64)));
    }
    words.join(" · ")
}
