//! Recognizing licenses that are clearly for another product. A tenant has licenses of every vendor, and writing the
//! quantity of the wrong one makes a wrong invoice.

/// Words for backups, in a few languages: a license with one of them is not for a product listed below.
const BACKUP: [&str; 7] = [
    "backup",
    "back up",
    "dropsuite",
    "sicherung",
    "sauvegarde",
    "respaldo",
    "copia de seguridad",
];

/// Other vendors' backup products: their names contain the words above too.
const OTHER_BACKUPS: [&str; 21] = [
    "acronis",
    "altaro",
    "arcserve",
    "avepoint",
    "axcient",
    "backupify",
    "barracuda",
    "carbonite",
    "cloudally",
    "commvault",
    "crashplan",
    "datto",
    "druva",
    "hornetsecurity",
    "keepit",
    "msp360",
    "n able",
    "skykick",
    "storagecraft",
    "unitrends",
    "veeam",
];

/// Vendors and products that partners sell beside backups, as whole words.
const OTHERS: [&str; 105] = [
    "1password",
    "3cx",
    "acrobat",
    "adobe",
    "anti virus",
    "antivirus",
    "atlassian",
    "autocad",
    "autodesk",
    "avast",
    "azure",
    "bitdefender",
    "bitlocker",
    "bitwarden",
    "business basic",
    "business premium",
    "business standard",
    "cisco",
    "citrix",
    "confluence",
    "copilot",
    "creative cloud",
    "crowdstrike",
    "cyberark",
    "defender",
    "docusign",
    "dropbox",
    "duo",
    "dynamics",
    "edr",
    "endpoint security",
    "entra",
    "eset",
    "exchange",
    "exchange online",
    "firewall",
    "fortigate",
    "fortinet",
    "g suite",
    "github",
    "google",
    "gsuite",
    "hubspot",
    "huntress",
    "intune",
    "ironscales",
    "jira",
    "kaspersky",
    "keeper security",
    "knowbe4",
    "lastpass",
    "m365",
    "malwarebytes",
    "mcafee",
    "mdr",
    "meraki",
    "microsoft",
    "mimecast",
    "norton",
    "o365",
    "office 365",
    "okta",
    "onedrive",
    "oracle",
    "palo alto",
    "password manager",
    "photoshop",
    "power bi",
    "powerbi",
    "project plan",
    "proofpoint",
    "quickbooks",
    "ringcentral",
    "rmm",
    "sage",
    "salesforce",
    "sap",
    "sentinelone",
    "sharepoint",
    "siem",
    "slack",
    "sonicwall",
    "sophos",
    "splashtop",
    "sql server",
    "ssl certificate",
    "symantec",
    "teams",
    "teamviewer",
    "threatlocker",
    "trend micro",
    "trendmicro",
    "visio",
    "vmware",
    "vpn",
    "watchguard",
    "web hosting",
    "webex",
    "webroot",
    "windows",
    "workspace",
    "xdr",
    "xero",
    "zendesk",
    "zoom",
];

/// The word in a license's name or manufacturer that shows that it is for another product; `None` if it may well be
/// the license for backups. Partners choose the names themselves, so only clear cases are reported.
pub fn other_product(name: &str, manufacturer: Option<&str>) -> Option<&'static str> {
    let name = words(name);
    let manufacturer = words(manufacturer.unwrap_or_default());
    let found = |list: &[&'static str], text: &str| {
        list.iter()
            .copied()
            .find(|word| text.contains(&format!(" {word} ")))
    };
    let ours =
        |text: &str| text.contains("ninjaone") || text.contains(" ninja ") || text.contains("dropsuite");
    let is_backup = BACKUP.iter().any(|word| name.contains(word));
    // Dropsuite makes nothing but backups.
    if is_backup && ours(&name) || manufacturer.contains("dropsuite") {
        return None;
    }
    if let Some(word) = found(&OTHER_BACKUPS, &name).or_else(|| found(&OTHER_BACKUPS, &manufacturer)) {
        return Some(word);
    }
    // Such a license is often called "Backup for Microsoft 365".
    if is_backup {
        return None;
    }
    found(&OTHERS, &name).or_else(|| found(&OTHERS, &manufacturer).filter(|_| !ours(&name)))
}

/// Lower case, with one space for each run of characters other than letters and digits, and at either end.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_vendors_licenses_are_told() {
        for (name, manufacturer) in [
            ("Microsoft 365 Business Premium", Some("Microsoft")),
            ("Microsoft 365 E3", None),
            ("M365-BP", None),
            ("Exchange Online (Plan 1)", None),
            ("Exchange Online Archiving", Some("Microsoft")),
            ("Creative Cloud All Apps", Some("Adobe")),
            ("Acrobat Pro DC", None),
            ("Google Workspace Business Plus", None),
            ("Premium seats", Some("Adobe Inc.")),
            ("Anti-Virus monthly", None),
            ("SENTINELONE Control", None),
            ("NinjaOne RMM", Some("NinjaOne")),
            ("Veeam Backup for Microsoft 365", Some("Veeam")),
            ("Cloud Backup", Some("Acronis International GmbH")),
        ] {
            assert!(other_product(name, manufacturer).is_some(), "{name}");
        }
    }

    #[test]
    fn what_may_be_the_backups_license_is_left_alone() {
        for (name, manufacturer) in [
            ("NinjaOne SaaS Backup", Some("NinjaOne")),
            ("SaaS Backup + Archive", None),
            ("Backup for Microsoft 365", Some("Microsoft")),
            ("Microsoft 365 Backup", None),
            ("Dropsuite Email Archiver", Some("Dropsuite")),
            ("Microsoft 365 protection", Some("Dropsuite Ltd")),
            ("M365 Back-up seats", None),
            ("Datensicherung Exchange", None),
            ("NinjaOne SaaS Backup (was Veeam)", None),
            ("Ninja Backup (was Veeam)", None),
            ("Dropsuite Backup (was Veeam)", None),
            ("Cloud protection per seat", None),
            ("Monthly plan", Some("Our own")),
            ("NinjaOne SaaS", Some("Microsoft")),
            ("Teamsters Union seats", None),
            ("", None),
        ] {
            assert_eq!(other_product(name, manufacturer), None, "{name}");
        }
    }
}
