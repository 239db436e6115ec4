//! Exports. Each carries everything it was rendered from, so that it can be verified anywhere; how is in
//! `verification`.

use crate::{Access, Caller, Error, Workbench, keys, plans, review::snapshot_contents, turns::Work};
use domain::{Approval, ConnectionId, Date, Evidence, PlanRole, SnapshotInfo};
use report::{Bundle, ReportError, ReportState, RuleCard};
use rules::{Finding, Gate, PointVerdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use store::{IssuedFile, Snapshot};
use views::review::{ExportPage, SlotRow};

/// Formats an export can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Markdown, for reviews in Git and for wikis.
    Markdown,
    /// The document that is printed and kept.
    Pdf,
    /// The canonical plan with its seal.
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

/// What the rules say of a version.
pub struct VersionFindings {
    /// `draft`, `v1`, `v2` …
    pub version: String,
    /// The findings, waived ones included.
    pub findings: Vec<Finding>,
    /// Number of rules there are today.
    pub checked: usize,
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
            key_fingerprint: self.keys().public().fingerprint(),
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
        let bundle = self.sealed(self.bundle(&access, version).await?, format)?;
        let name = match &bundle.state {
            ReportState::Draft => format!("{key}-draft.{}", format.code()),
            _ => format!("{key}-v{}.{}", bundle.version, format.code()),
        };
        let (number, signed) = (bundle.version, bundle.signed());
        let bytes = self
            .aside(Work::Rendering, move || match format {
                ExportFormat::Markdown => report::markdown(&bundle).map(String::into_bytes),
                ExportFormat::Pdf => report::pdf(&bundle),
                ExportFormat::Json => report::json(&bundle),
            })
            .await??;
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

    /// The findings of a version, named as for [`Workbench::export`]. Of a signed version they are those it was
    /// signed with.
    ///
    /// # Errors
    /// When the caller may not see the plan or there is no such version.
    pub async fn findings_of(
        &self,
        caller: &Caller,
        key: &str,
        version: Option<&str>,
    ) -> Result<VersionFindings, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let document = access.plan.document.id;
        let (version, findings) = match wanted(&self.store().list_snapshots(document).await?, version)? {
            None => ("draft".into(), access.findings.to_vec()),
            Some(number) => {
                let snapshot = self.store().load_snapshot(document, number).await?;
                (format!("v{number}"), SignedFacts::read(&snapshot)?.findings)
            }
        };
        Ok(VersionFindings { version, findings, checked: rules::RULES.len() })
    }

    async fn bundle(&self, access: &Access, version: Option<&str>) -> Result<Bundle, Error> {
        let snapshots = self.store().list_snapshots(access.plan.document.id).await?;
        match wanted(&snapshots, version)? {
            None => {
                let mut bundle = Self::draft_bundle(access, snapshots.iter().max_by_key(|s| s.version));
                let rounds = self.store().list_rounds(access.plan.document.id).await?;
                bundle.round = rounds.iter().map(|r| r.number).max().unwrap_or(0);
                Ok(bundle)
            }
            Some(number) => self.signed_bundle(access, number).await,
        }
    }

    fn draft_bundle(access: &Access, previous: Option<&SnapshotInfo>) -> Bundle {
        let canonical = rules::canonical(&access.plan, &access.evidence, &rules::Profile::recommended());
        let facts = SignedFacts::judged(&access.plan, &access.evidence, &access.findings, access.today);
        let mut bundle = bundle_of(&access.plan, &access.evidence, facts);
        bundle.canonical = canonical.bytes();
        bundle.root = canonical.root;
        bundle.slices = canonical.slice_hashes;
        bundle.previous_root = previous.map(|s| s.root.clone());
        bundle.approvals = access.evidence.approvals.clone();
        bundle
    }

    async fn signed_bundle(&self, access: &Access, number: i64) -> Result<Bundle, Error> {
        let snapshot = self.store().load_snapshot(access.plan.document.id, number).await?;
        let (mut plan, evidence) = snapshot_contents(&snapshot.canonical)?;
        plan.state = domain::PlanState::Signed;
        let evidence = rules::with_hashes(&plan, evidence);
        let mut bundle = bundle_of(&plan, &evidence, SignedFacts::read(&snapshot)?);
        bundle.canonical = snapshot.canonical;
        bundle.state = match &snapshot.info.withdrawn {
            Some(reason) => ReportState::Withdrawn(reason.clone()),
            None => ReportState::Signed,
        };
        bundle.root = snapshot.info.root.clone();
        bundle.slices = snapshot.info.slices.clone();
        bundle.previous_root = snapshot.info.previous_root.clone();
        bundle.version = number;
        bundle.round = snapshot.round;
        bundle.signature = snapshot.signatures.into_iter().find(|s| s.slot == domain::Slot::Sponsor);
        Ok(bundle)
    }

    fn sealed(&self, mut bundle: Bundle, format: ExportFormat) -> Result<Bundle, Error> {
        let key = self.keys().public();
        bundle.key_fingerprint = key.fingerprint();
        bundle.public_key = Some(key.to_hex());
        bundle.root_signature = Some(self.keys().sign(&bundle.root));
        let digest = match format {
            ExportFormat::Markdown | ExportFormat::Pdf => report::seal_digest(&bundle)?,
            ExportFormat::Json => report::json_digest(&bundle)?,
        };
        bundle.seal = Some(self.keys().sign(&keys::hex(&digest)));
        Ok(bundle)
    }
}

impl From<ReportError> for Error {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::TooLarge(words) => Self::Unavailable(words),
            other => Self::internal("a document could not be rendered", &other),
        }
    }
}

/// The number of the version meant; `None` is the draft.
fn wanted(signed: &[SnapshotInfo], name: Option<&str>) -> Result<Option<i64>, Error> {
    match name {
        Some("draft") => Ok(None),
        Some(name) => {
            let number = name.strip_prefix('v').and_then(|n| n.parse().ok());
            let known = number.filter(|number| signed.iter().any(|s| s.version == *number));
            known.map(Some).ok_or(Error::NotFound("version"))
        }
        None => Ok(signed.iter().filter(|s| s.withdrawn.is_none()).map(|s| s.version).max()),
    }
}

/// Everything a document shows of a plan, except hashes and signatures.
fn bundle_of(plan: &domain::Plan, evidence: &Evidence, facts: SignedFacts) -> Bundle {
    let mut evidence = evidence.clone();
    for connection in &mut evidence.connections {
        let kept = facts.warnings.iter().find(|(id, _)| *id == connection.id);
        connection.warnings = kept.map(|(_, warnings)| warnings.clone()).unwrap_or_default();
    }
    Bundle {
        canonical: Vec::new(),
        root: String::new(),
        slices: BTreeMap::new(),
        previous_root: None,
        version: plan.version,
        round: 0,
        state: ReportState::Draft,
        as_of: facts.as_of,
        gates: facts.gates,
        rules: facts.rules,
        findings: facts.findings,
        verdicts: facts.verdicts,
        evidence,
        approvals: facts.approvals,
        signature: None,
        key_fingerprint: String::new(),
        public_key: None,
        root_signature: None,
        seal: None,
        plan: plan.clone(),
    }
}

/// What the rules say of a plan on one day. Of a signed version it is kept beside the canonical form, so
/// that neither later rules nor later days change what that version says.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignedFacts {
    as_of: Date,
    findings: Vec<Finding>,
    rules: Vec<RuleCard>,
    gates: Vec<Gate>,
    verdicts: Vec<PointVerdict>,
    /// The approvals that counted, carried over or not.
    #[serde(default)]
    pub approvals: Vec<Approval>,
    /// What was doubtful about connections, such as one that is not encrypted.
    #[serde(default)]
    warnings: Vec<(ConnectionId, Vec<String>)>,
}

impl SignedFacts {
    fn judged(plan: &domain::Plan, evidence: &Evidence, findings: &[Finding], as_of: Date) -> Self {
        Self {
            as_of,
            gates: rules::gates(plan, evidence, findings, as_of).to_vec(),
            rules: RuleCard::of(findings),
            findings: findings.to_vec(),
            verdicts: rules::verdict_matrix(plan, evidence),
            approvals: Vec::new(),
            warnings: evidence.connections.iter().map(|c| (c.id, c.warnings.clone())).collect(),
        }
    }

    /// What is true of the version that is being signed.
    pub(crate) fn of(access: &Access, slots: &[SlotRow]) -> Self {
        let plan = domain::Plan { state: domain::PlanState::Signed, ..(*access.plan).clone() };
        let holding = slots.iter().flat_map(|row| &row.approvals).filter(|standing| standing.lapsed.is_none());
        Self {
            approvals: holding.map(|standing| standing.approval.clone()).collect(),
            ..Self::judged(&plan, &access.evidence, &access.findings, access.today)
        }
    }

    /// To be kept with the version.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self).map_err(|e| Error::internal("a version cannot be written", &e))
    }

    /// As they were kept with a version.
    pub(crate) fn read(snapshot: &Snapshot) -> Result<Self, Error> {
        serde_json::from_slice(&snapshot.facts).map_err(|e| Error::internal("a version's findings cannot be read", &e))
    }
}
