//! Exports and their verification. An export carries everything it was rendered from, so that it can
//! be checked anywhere: payload → hashes → signatures → the same bytes rendered again.

use crate::{Access, Caller, Error, Workbench, keys, plans, review::snapshot_plan};
use domain::{Evidence, PlanRole, Signature, SnapshotInfo};
use report::{Bundle, Comparison, ReportError, ReportState, RuleCard};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::IssuedFile;
use views::review::{ExportPage, Verification};

/// Formats an export can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Markdown, for reviews in Git and for wikis.
    Markdown,
    /// The document that is printed and kept.
    Pdf,
    /// The canonical plan.
    Json,
}

impl ExportFormat {
    /// The format with this ending.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "md" => Some(Self::Markdown),
            "pdf" => Some(Self::Pdf),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Ending of the file.
    pub fn code(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Pdf => "pdf",
            Self::Json => "json",
        }
    }

    /// Media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Pdf => "application/pdf",
            Self::Json => "application/json",
        }
    }
}

/// An exported file.
pub struct Exported {
    /// Name to keep it under.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: ExportFormat,
}

impl Workbench {
    /// What can be exported.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn export_page(&self, caller: &Caller, key: &str) -> Result<ExportPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let mut versions = self.store().list_snapshots(access.plan.document.id).await?;
        versions.sort_by_key(|v| -v.version);
        let canonical = rules::canonical(&access.plan, &access.evidence, &rules::Profile::recommended());
        Ok(ExportPage {
            head: plans::head(&access),
            versions,
            key_fingerprint: self.keys().fingerprint(),
            draft_root: canonical.root,
        })
    }

    /// Exports a version of a plan. `version` is `None` for the newest signed one (or the draft when
    /// none is signed), else `draft` or `v1`, `v2`, …
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such version.
    pub async fn export(
        &self,
        caller: &Caller,
        key: &str,
        version: Option<&str>,
        format: ExportFormat,
    ) -> Result<Exported, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let bundle = self.bundle(&access, version).await?;
        let name = match &bundle.state {
            ReportState::Draft => format!("{key}-draft.{}", format.code()),
            _ => format!("{key}-v{}.{}", bundle.version, format.code()),
        };
        let (number, signed) = (bundle.version, bundle.signed());
        let _place = self.rendering().await?;
        let bytes = tokio::task::spawn_blocking(move || match format {
            ExportFormat::Markdown => report::markdown(&bundle).map(String::into_bytes),
            ExportFormat::Pdf => report::pdf(&bundle),
            ExportFormat::Json => Ok(report::json(&bundle)),
        })
        .await
        .map_err(|e| Error::internal("an export failed", &e))??;
        let hash = keys::sha256_hex(&bytes);
        let audit = self.audit(caller, "exported", None, json!({ "file": name, "sha256": hash }));
        let issued = IssuedFile {
            sha256: hash,
            document: access.plan.document.id,
            version: number,
            signed,
            format: format.code().into(),
            issued_at: self.now(),
            issued_by: caller.user_id(),
        };
        self.store().insert_issued_file(&issued, audit).await?;
        Ok(Exported { file_name: name, bytes, format })
    }

    async fn bundle(&self, access: &Access, version: Option<&str>) -> Result<Bundle, Error> {
        let snapshots = self.store().list_snapshots(access.plan.document.id).await?;
        let wanted = match version {
            Some("draft") => None,
            Some(name) => {
                let number: i64 =
                    name.strip_prefix('v').and_then(|n| n.parse().ok()).ok_or(Error::NotFound("version"))?;
                let known = snapshots.iter().any(|s| s.version == number);
                Some(known.then_some(number).ok_or(Error::NotFound("version"))?)
            }
            None => snapshots.iter().filter(|s| s.withdrawn.is_none()).map(|s| s.version).max(),
        };
        let bundle = match wanted {
            None => self.draft_bundle(access, snapshots.iter().max_by_key(|s| s.version)).await?,
            Some(number) => self.signed_bundle(access, number).await?,
        };
        self.sealed(bundle)
    }

    async fn draft_bundle(&self, access: &Access, previous: Option<&SnapshotInfo>) -> Result<Bundle, Error> {
        let canonical = rules::canonical(&access.plan, &access.evidence, &rules::Profile::recommended());
        let round = self.store().list_rounds(access.plan.document.id).await?.into_iter().map(|r| r.number).max();
        let approvals = match round {
            Some(round) => self.store().list_approvals(access.plan.document.id, round).await?,
            None => Vec::new(),
        };
        let mut bundle = facts(&access.plan, &access.evidence, access.today);
        bundle.canonical = canonical.bytes();
        bundle.root = canonical.root;
        bundle.slices = canonical.slice_hashes;
        bundle.previous_root = previous.map(|s| s.root.clone());
        bundle.approvals = approvals;
        Ok(bundle)
    }

    async fn signed_bundle(&self, access: &Access, number: i64) -> Result<Bundle, Error> {
        let snapshot = self.store().load_snapshot(access.plan.document.id, number).await?;
        let json: Value =
            serde_json::from_slice(&snapshot.canonical).map_err(|e| Error::internal("a version cannot be read", &e))?;
        let mut plan = snapshot_plan(&snapshot.canonical)?;
        plan.state = domain::PlanState::Signed;
        let evidence = rules::evidence_from_canonical(&json).map_err(|e| Error::Internal(e.0))?;
        let evidence = rules::with_hashes(&plan, evidence);
        let signed_on = snapshot.info.signed_at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let mut bundle = facts(&plan, &evidence, signed_on);
        bundle.canonical = snapshot.canonical;
        bundle.state = match &snapshot.info.withdrawn {
            Some(reason) => ReportState::Withdrawn(reason.clone()),
            None => ReportState::Signed,
        };
        bundle.root = snapshot.info.root.clone();
        bundle.slices = snapshot.info.slices.clone();
        bundle.previous_root = snapshot.info.previous_root.clone();
        bundle.version = number;
        bundle.approvals = self.store().list_approvals(access.plan.document.id, snapshot.round).await?;
        bundle.signature = snapshot.signatures.into_iter().map(|(s, _)| s).find(|s| s.slot == domain::Slot::Sponsor);
        Ok(bundle)
    }

    /// The signed version with this root, with its signatures.
    async fn signed_with(&self, root: &str) -> Result<Option<(SnapshotInfo, Vec<Signature>)>, Error> {
        let Some(info) = self.store().list_snapshots_by_root(root).await?.into_iter().next() else { return Ok(None) };
        let snapshot = self.store().load_snapshot(info.document, info.version).await?;
        Ok(Some((info, snapshot.signatures.into_iter().map(|(s, _)| s).collect())))
    }

    fn sealed(&self, mut bundle: Bundle) -> Result<Bundle, Error> {
        bundle.key_fingerprint = self.keys().fingerprint();
        bundle.root_signature = Some(self.keys().sign(&bundle.root));
        bundle.seal = Some(self.keys().sign(&keys::hex(&report::seal_digest(&bundle)?)));
        Ok(bundle)
    }

    /// Says whether a file is a signed plan, an altered one, or none of ours. Anybody may ask: the
    /// answer holds nothing but what the file holds.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn verify(&self, file: Vec<u8>) -> Result<Verification, Error> {
        let _place = self.rendering().await?;
        let checked = tokio::task::spawn_blocking(move || {
            report::verify(&file).map(|extracted| {
                let same = extracted.compare(&file);
                (extracted, same, keys::sha256_hex(&file))
            })
        })
        .await
        .map_err(|e| Error::internal("a file could not be verified", &e))?;
        let (extracted, same, file_hash) = match checked {
            Ok(checked) => checked,
            Err(error) => return Ok(refused(&error)),
        };
        let mut steps = Vec::new();
        let json: Result<Value, _> = serde_json::from_slice(&extracted.canonical);
        let hashes = json.ok().and_then(|j| rules::root_of_canonical(&j).ok());
        let root_holds = hashes.is_some_and(|h| h.root == extracted.root);
        steps.push(("the plan inside leads to the root hash printed on it".to_owned(), root_holds));
        let ours = extracted.signature.as_deref().is_some_and(|s| self.keys().signed(&extracted.root, s));
        steps.push(("the root hash carries the signature of this installation".to_owned(), ours));
        let digest = report::seal_digest(&extracted.bundle).map(|d| keys::hex(&d)).unwrap_or_default();
        let sealed = extracted.seal.as_deref().is_some_and(|s| self.keys().signed(&digest, s));
        steps.push(("names, counts and findings carry it too".to_owned(), sealed));
        let rendered = match &same {
            Ok(Comparison::Same) => {
                steps.push(("rendering it again gives the same bytes".to_owned(), true));
                true
            }
            Ok(Comparison::OtherRenderer(version)) => {
                let issued = self.store().issued_file(&file_hash).await?.is_some();
                let text = if issued { "these very bytes were issued here" } else { "text not compared" };
                steps.push((format!("rendered by version {version}: {text}"), issued));
                issued
            }
            Ok(Comparison::Altered) | Err(_) => {
                steps.push(("rendering it again gives the same bytes".to_owned(), false));
                false
            }
        };
        let state = extracted.bundle.state.clone();
        let known = self.signed_with(&extracted.root).await?;
        let draft = state == ReportState::Draft;
        if !draft {
            steps.push(("this installation has a signed version with this root hash".to_owned(), known.is_some()));
        }
        let whole = root_holds && ours && sealed && rendered;
        let foreign = root_holds && !ours && extracted.key_fingerprint != self.keys().fingerprint();
        let (verdict, sentence) = match (whole, draft, &known) {
            (true, true, _) => ("draft", "This is an unaltered draft. Nobody has signed it.".to_owned()),
            (true, false, Some(_)) => ("signed", "This is the signed plan, unaltered.".to_owned()),
            _ if foreign => (
                "unknown",
                format!(
                    "This plan was signed by another installation (key {}); verify it there.",
                    extracted.key_fingerprint
                ),
            ),
            _ => ("altered", "This file was altered after it was issued. Do not rely on it.".to_owned()),
        };
        let note = known.as_ref().and_then(|(info, _)| {
            info.withdrawn.as_ref().map(|reason| format!("The signature was withdrawn: {reason}"))
        });
        Ok(Verification {
            verdict: verdict.into(),
            sentence,
            steps,
            plan: Some(extracted.bundle.plan.name()),
            version: Some(extracted.bundle.version),
            root: Some(extracted.root),
            signed_at: known.as_ref().map(|(info, _)| info.signed_at),
            signatures: known.map(|(_, signatures)| signatures).unwrap_or_default(),
            note,
        })
    }
}

fn refused(error: &ReportError) -> Verification {
    let (verdict, sentence) = match error {
        ReportError::NoPayload => ("unknown", "There is no plan of Plumbline in this file.".to_owned()),
        ReportError::TooLarge(words) => ("unknown", words.clone()),
        other => ("altered", format!("This file is damaged: {other}")),
    };
    Verification {
        verdict: verdict.into(),
        sentence,
        steps: Vec::new(),
        plan: None,
        version: None,
        root: None,
        signatures: Vec::new(),
        note: None,
        signed_at: None,
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Self {
        Self::internal("a document could not be rendered", &error)
    }
}

/// Everything a document shows of a plan, except hashes and signatures.
fn facts(plan: &domain::Plan, evidence: &Evidence, as_of: domain::Date) -> Bundle {
    let findings = rules::lint(plan, evidence, &rules::Profile::recommended(), as_of);
    Bundle {
        canonical: Vec::new(),
        root: String::new(),
        slices: BTreeMap::new(),
        previous_root: None,
        version: plan.version,
        state: ReportState::Draft,
        as_of,
        gates: rules::gates(plan, evidence, &findings, as_of).to_vec(),
        rules: RuleCard::of(&findings),
        findings,
        verdicts: rules::verdict_matrix(plan, evidence),
        evidence: evidence.clone(),
        approvals: Vec::new(),
        signature: None,
        key_fingerprint: String::new(),
        root_signature: None,
        seal: None,
        plan: plan.clone(),
    }
}
