//! What `show grants` says: whether the user may do more than read.

/// Rights beyond reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Rights {
    /// May change the server or its accounts, or read and write its files.
    pub(super) superuser: bool,
    /// May change data or tables somewhere.
    pub(super) can_write: bool,
}

/// Rights that change nothing, or only what the own session sees.
const HARMLESS: [&str; 10] = [
    "USAGE",
    "SELECT",
    "SHOW VIEW",
    "SHOW DATABASES",
    "REFERENCES",
    "LOCK TABLES",
    "PROCESS",
    "REPLICATION CLIENT",
    "BINLOG MONITOR",
    "CREATE TEMPORARY TABLES",
];

/// Rights over data and tables; whatever is neither here nor harmless is a right over the server.
const WRITING: [&str; 17] = [
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "ALTER",
    "INDEX",
    "TRIGGER",
    "EVENT",
    "EXECUTE",
    "CREATE VIEW",
    "CREATE ROUTINE",
    "ALTER ROUTINE",
    "SHOW CREATE ROUTINE",
    "DELETE HISTORY",
    "DELETE VERSIONING ROWS",
    "ALL PRIVILEGES",
];

/// Reads the lines `GRANT right, right (columns), … ON what TO …`. Lines of another form (`GRANT role TO user`) give
/// no right by themselves.
pub(super) fn rights(lines: &[String]) -> Rights {
    let mut found = Rights::default();
    for line in lines {
        let Some((names, what)) = line.strip_prefix("GRANT ").and_then(|rest| rest.split_once(" ON ")) else {
            continue;
        };
        let everywhere = what.starts_with("*.*");
        for name in names_of(names) {
            let over_data = WRITING.contains(&name.as_str());
            found.can_write |= over_data;
            found.superuser |= (name == "ALL PRIVILEGES" && everywhere)
                || (!over_data && !HARMLESS.contains(&name.as_str()) && everywhere);
        }
        found.superuser |= everywhere && line.ends_with("WITH GRANT OPTION");
    }
    found
}

/// The names of rights, without the columns that stand in brackets behind some.
fn names_of(list: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut depth = 0_usize;
    for c in list.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            _ if depth > 0 => {}
            _ => {
                if let Some(name) = names.last_mut() {
                    name.push(c);
                }
            }
        }
    }
    names.into_iter().map(|name| name.trim().to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Rights, rights};

    #[test]
    fn what_goes_beyond_reading_is_seen() {
        for (line, superuser, can_write) in [
            ("GRANT USAGE ON *.* TO `reader`@`%` IDENTIFIED BY PASSWORD '*94BD'", false, false),
            ("GRANT SELECT, SHOW VIEW ON `crm`.* TO `reader`@`%`", false, false),
            ("GRANT SELECT (`a`, `INSERT`) ON `crm`.`t` TO `reader`@`%`", false, false),
            ("GRANT SELECT, INSERT (`a`) ON `crm`.`t` TO `reader`@`%`", false, true),
            ("GRANT SELECT, DELETE ON `crm`.* TO `reader`@`%`", false, true),
            ("GRANT EXECUTE ON PROCEDURE `crm`.`p` TO `reader`@`%`", false, true),
            ("GRANT ALL PRIVILEGES ON `crm`.* TO `owner`@`%` WITH GRANT OPTION", false, true),
            ("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION", true, true),
            ("GRANT FILE ON *.* TO `reader`@`%`", true, false),
            ("GRANT SELECT, SUPER ON *.* TO `reader`@`%`", true, false),
            ("GRANT SYSTEM_VARIABLES_ADMIN,BACKUP_ADMIN ON *.* TO `reader`@`%`", true, false),
            ("GRANT SELECT ON *.* TO `reader`@`%` WITH GRANT OPTION", true, false),
            ("GRANT `writers`@`%` TO `reader`@`%`", false, false),
        ] {
            assert_eq!(rights(&[line.to_owned()]), Rights { superuser, can_write }, "{line}");
        }
    }
}
