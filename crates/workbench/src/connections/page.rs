//! The page of connections: what each leads to, what was found when it was tested, and what uses it.

use super::{Place, change::place_of};
use crate::{Access, Caller, Error, Workbench, items::ref_options, plans};
use domain::{
    Kind, PlanRole,
    entity::{Check, Instance},
};
use store::Connection;
use views::sync::{ConnectionRow, ConnectionsPage};

impl Workbench {
    /// The connections as a page of a plan, with what its checks use.
    ///
    /// # Errors
    /// When the caller may not see the plan.
    pub async fn connections_page(&self, caller: &Caller, key: &str) -> Result<ConnectionsPage, Error> {
        let access = self.access(caller, key, PlanRole::Viewer).await?;
        let may_connect = access.role >= PlanRole::Editor;
        let kept = self.store().list_connections(access.plan.document.id).await?;
        let folders = self.settings().source_dirs.iter().map(|folder| folder.display().to_string());
        Ok(ConnectionsPage {
            head: plans::head(&access),
            connections: kept.iter().map(|connection| row(&access, connection, may_connect)).collect(),
            instances: ref_options(&access, Kind::Instance),
            folders: folders.filter(|_| may_connect).collect(),
            networks: self.settings().allowed_targets.iter().filter(|_| may_connect).cloned().collect(),
            may_connect,
        })
    }
}

fn row(access: &Access, connection: &Connection, may_connect: bool) -> ConnectionRow {
    let (plan, id) = (&access.plan, connection.id);
    let uses = plan.each::<Check>().filter(|check| check.left == Some(id) || check.right == Some(id));
    // What cannot be read is told where it is used; here it is shown without its particulars.
    let place = place_of(connection).ok().map(|(place, _)| place);
    let certificate = place.as_ref().and_then(Place::root_certificate).filter(|_| may_connect);
    ConnectionRow {
        instance: plan.find::<Instance>(connection.details.instance).map(|i| i.name.to_string()),
        checks: uses.count() as u64,
        encryption: place.as_ref().and_then(Place::encryption).map(str::to_owned),
        server_id: connection.probe.server_id.clone(),
        checks_certificates: place.as_ref().is_some_and(Place::checks_certificates),
        certificate: certificate.map(|certificate| certificate.pem().to_owned()).unwrap_or_default(),
        connection: connection.view(),
    }
}
