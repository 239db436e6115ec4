//! Gate 5: printed signatures with role, meaning, time and hash; who was asked and has not signed; waivers.

use crate::{
    Bundle, ReportState,
    document::{Block, Blocks, Cell, SignatureCard, Style, Table, Tone},
    text::{day, instant, joined},
};
use domain::{Approval, Lapse, Slice, Slot};
use pictures::marks::Sign;
use rules::Finding;

pub(super) fn build(bundle: &Bundle, out: &mut Blocks) {
    match &bundle.state {
        ReportState::Draft => {
            out.note("This is a draft. Nobody has signed it; approvals below may lapse with the next change.")
        }
        ReportState::Withdrawn(reason) => out.note(format!("The signature of this version was withdrawn: {reason}")),
        ReportState::Signed => {}
    }
    for slot in Slot::ALL {
        for card in cards(bundle, slot) {
            out.push(Block::Signature(card));
        }
    }
    out.heading("What the hashes cover");
    let mut table = Table::new(&[("Slice", 1.2), ("sha256", 6.0)], "");
    for slice in Slice::ALL {
        if let Some(hash) = bundle.slices.get(slice.code()) {
            table.row(None, vec![Cell::text(slice.label()), Cell::mono(hash.clone())]);
        }
    }
    table.row(None, vec![Cell::default().styled("Root", Style::Strong), Cell::mono(bundle.root.clone())]);
    if let Some(previous) = &bundle.previous_root {
        table.row(None, vec![Cell::text("Version before"), Cell::mono(previous.clone())]);
    }
    out.table(table);
    out.heading("How to check this document");
    out.prose(
        "The whole plan travels inside this file. Run “plumbline verify” on the file, or drop it on the page “Verify”: \
         the plan is taken out, its hash is compared with the root, the signature with the key of the installation, and \
         the document is rendered again and compared byte by byte.",
    );
    let signature = bundle.root_signature.clone().unwrap_or_else(|| "none".into());
    out.facts(vec![
        ("Key of the installation", Cell::mono(bundle.key_fingerprint.clone())),
        ("Signature over the root", Cell::mono(signature)),
    ]);
}

fn cards(bundle: &Bundle, slot: Slot) -> Vec<SignatureCard> {
    if slot == Slot::Sponsor
        && let Some(signature) = &bundle.signature
    {
        let withdrawn = matches!(bundle.state, ReportState::Withdrawn(_));
        let (sign, tone, status) = match withdrawn {
            true => (Sign::Differs, Tone::Bad, "withdrawn"),
            false => (Sign::Pass, Tone::Good, "signed"),
        };
        return vec![SignatureCard {
            role: slot.label().into(),
            name: signature.name.clone(),
            meaning: signature.meaning.clone(),
            at: instant(signature.at),
            proved: instant(signature.proved_at),
            covers: format!("the whole plan, version {}", bundle.version),
            hash: signature.root.clone(),
            remark: String::new(),
            status: status.into(),
            sign,
            tone,
        }];
    }
    let covers =
        slot.slice().map_or_else(|| "the whole plan".to_owned(), |s| format!("slice “{}”", s.label().to_lowercase()));
    let standings = domain::standings(&bundle.approvals, &bundle.slices, &bundle.evidence.slots);
    let given: Vec<_> = standings.into_iter().filter(|(a, _)| a.slot == slot).collect();
    let mut cards: Vec<SignatureCard> = given
        .iter()
        .map(|(a, lapse)| SignatureCard {
            role: slot.label().into(),
            name: a.name.clone(),
            meaning: a.meaning.clone(),
            at: instant(a.at),
            proved: String::new(),
            covers: covers.clone(),
            hash: a.hash.clone(),
            remark: a.comment.clone(),
            status: status(a, *lapse, bundle),
            sign: if lapse.is_none() { Sign::Pass } else { Sign::Coincident },
            tone: if lapse.is_none() { Tone::Good } else { Tone::Warn },
        })
        .collect();
    let mut asked: Vec<_> = bundle.evidence.slots.iter().filter(|a| a.slot == slot).collect();
    asked.sort_by(|a, b| a.name.cmp(&b.name));
    for person in asked.into_iter().filter(|p| !given.iter().any(|(a, _)| a.user == p.user)) {
        cards.push(SignatureCard {
            role: slot.label().into(),
            name: person.name.clone(),
            meaning: slot.meaning().into(),
            at: String::new(),
            proved: String::new(),
            covers: covers.clone(),
            hash: String::new(),
            remark: String::new(),
            status: "asked, has not signed".into(),
            sign: Sign::NotBegun,
            tone: Tone::Quiet,
        });
    }
    cards
}

/// Whether an approval holds, and where from if it was given for another version or in another round.
fn status(approval: &Approval, lapse: Option<Lapse>, bundle: &Bundle) -> String {
    let carried = approval.carried(bundle.version, bundle.round);
    match lapse {
        Some(lapse) => format!("lapsed: {}", lapse.words(&approval.name)),
        None => joined(["approved".to_owned(), carried], ", "),
    }
}

pub(super) fn waivers(bundle: &Bundle, out: &mut Blocks) {
    let mut table = Table::new(
        &[("Rule", 1.0), ("Finding", 4.0), ("Accepted because", 3.6), ("By", 1.8), ("Until", 1.4)],
        "Nothing was waived.",
    );
    let mut waivers: Vec<_> = bundle.evidence.waivers.iter().collect();
    waivers.sort_by(|a, b| (&a.rule, &a.fingerprint).cmp(&(&b.rule, &b.fingerprint)));
    for w in waivers {
        let until = Cell::text(w.expires.map_or_else(|| "no end".to_owned(), |d| day(Some(d))));
        let excuses = |f: &Finding| f.rule == w.rule && f.fingerprint == w.fingerprint && f.waived.is_some();
        let until = if bundle.findings.iter().any(excuses) {
            until
        } else {
            until.line().styled("excuses nothing here", Style::Muted)
        };
        table.row(
            None,
            vec![
                Cell::mono(w.rule.clone()),
                Cell::text(w.message.clone()),
                Cell::text(w.reason.clone()),
                Cell::text(w.by_name.clone()).line().styled(instant(w.at), Style::Muted),
                until,
            ],
        );
    }
    out.table(table);
}
