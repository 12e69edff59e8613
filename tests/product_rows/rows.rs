//! Flat events as the rows of products, after the vendors' column references. Nothing here has seen a profile.

use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// One event twice.
#[derive(Clone)]
pub(crate) struct Paired {
    /// As Sigma's rules see it.
    pub(crate) flat: Value,
    /// As the product holds it.
    pub(crate) row: Value,
}

/// Writes values, a line each.
pub(crate) fn write<'v>(path: &Path, values: impl Iterator<Item = &'v Value>) {
    let mut text = String::new();
    values.for_each(|value| text.extend([value.to_string().as_str(), "\n"]));
    fs::write(path, text).expect("written");
}

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";

fn text<'v>(flat: &'v Value, field: &str) -> &'v str {
    flat.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn channel(flat: &Value) -> &str {
    text(flat, "Channel")
}

fn id(flat: &Value) -> u64 {
    flat.get("EventID")
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

/// The parts of `DOMAIN\name`.
fn account(user: &str) -> (&str, &str) {
    user.split_once('\\').unwrap_or(("", user))
}

fn file_name(path: &str) -> &str {
    path.rsplit('\\').next().unwrap_or_default()
}

/// Whole numbers of a text, as columns of type `int` and `long` hold them.
fn number(flat: &Value, field: &str) -> Value {
    match flat.get(field) {
        Some(Value::Number(number)) => json!(number),
        Some(Value::String(text)) => text
            .parse::<i64>()
            .map_or(Value::Null, |number| json!(number)),
        _ => Value::Null,
    }
}

/// A hash of Sysmon's list of them.
fn hash(flat: &Value, label: &str) -> String {
    let labelled = |part: &str| {
        part.strip_prefix(label)?
            .strip_prefix('=')
            .map(str::to_lowercase)
    };
    text(flat, "Hashes")
        .split(',')
        .find_map(labelled)
        .unwrap_or_default()
}

/// Microsoft Defender XDR, advanced hunting: <https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-schema-tables>.
pub(crate) fn defender(flat: &Value) -> Option<Paired> {
    if channel(flat) != SYSMON {
        return None;
    }
    let (domain, user) = account(text(flat, "User"));
    let image = text(flat, "Image");
    let row = match id(flat) {
        1 => json!({
            "ActionType": "ProcessCreated",
            "FolderPath": image, "FileName": file_name(image),
            "ProcessCommandLine": text(flat, "CommandLine"), "ProcessId": number(flat, "ProcessId"),
            "AccountDomain": domain, "AccountName": user,
            "ProcessIntegrityLevel": text(flat, "IntegrityLevel"),
            "ProcessVersionInfoOriginalFileName": text(flat, "OriginalFileName"),
            "ProcessVersionInfoFileDescription": text(flat, "Description"),
            "ProcessVersionInfoProductName": text(flat, "Product"),
            "ProcessVersionInfoCompanyName": text(flat, "Company"),
            "MD5": hash(flat, "MD5"), "SHA1": hash(flat, "SHA1"), "SHA256": hash(flat, "SHA256"),
            "InitiatingProcessFolderPath": text(flat, "ParentImage"),
            "InitiatingProcessFileName": file_name(text(flat, "ParentImage")),
            "InitiatingProcessCommandLine": text(flat, "ParentCommandLine"),
        }),
        3 => json!({
            "ActionType": "ConnectionSuccess",
            "InitiatingProcessFolderPath": image, "InitiatingProcessFileName": file_name(image),
            "InitiatingProcessAccountDomain": domain, "InitiatingProcessAccountName": user,
            "LocalIP": text(flat, "SourceIp"), "LocalPort": number(flat, "SourcePort"),
            "RemoteIP": text(flat, "DestinationIp"), "RemotePort": number(flat, "DestinationPort"),
            "RemoteUrl": text(flat, "DestinationHostname"),
            "Protocol": capital(text(flat, "Protocol")),
        }),
        7 => json!({
            "ActionType": "ImageLoaded",
            "FolderPath": text(flat, "ImageLoaded"), "FileName": file_name(text(flat, "ImageLoaded")),
            "InitiatingProcessFolderPath": image, "InitiatingProcessFileName": file_name(image),
            "MD5": hash(flat, "MD5"), "SHA1": hash(flat, "SHA1"), "SHA256": hash(flat, "SHA256"),
        }),
        11 => json!({
            "ActionType": "FileCreated",
            "FolderPath": text(flat, "TargetFilename"), "FileName": file_name(text(flat, "TargetFilename")),
            "InitiatingProcessFolderPath": image, "InitiatingProcessFileName": file_name(image),
        }),
        13 => {
            let (key, name) = text(flat, "TargetObject").rsplit_once('\\')?;
            let (hive, below) = key.split_once('\\')?;
            let hive = match hive {
                "HKLM" => "HKEY_LOCAL_MACHINE",
                "HKU" => "HKEY_USERS",
                _ => return None,
            };
            let (kind, data) = registry(text(flat, "Details"))?;
            json!({
                "ActionType": "RegistryValueSet",
                "RegistryKey": format!("{hive}\\{below}"), "RegistryValueName": name,
                "RegistryValueData": data, "RegistryValueType": kind,
                "InitiatingProcessFolderPath": image, "InitiatingProcessFileName": file_name(image),
            })
        }
        _ => return None,
    };
    Some(Paired {
        flat: flat.clone(),
        row,
    })
}

/// Sysmon's protocols are written in small letters, Defender's with a capital one.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A value's type and data. Sysmon writes `DWORD (0x00000001)`, Defender the type beside decimal digits.
fn registry(details: &str) -> Option<(&'static str, String)> {
    let inside = |open: &str| details.strip_prefix(open)?.strip_suffix(')');
    if let Some(hex) = inside("DWORD (0x") {
        return Some(("Dword", u32::from_str_radix(hex, 16).ok()?.to_string()));
    }
    if details.starts_with("QWORD") || details == "Binary Data" || details == "(Empty)" {
        return None;
    }
    Some(("String", details.to_owned()))
}

/// Splunk's add-ons for Sysmon and for Windows: fields by the names of `EventData`, the id as `EventCode`:
/// <https://docs.splunk.com/Documentation/AddOns/released/MSSysmon>.
pub(crate) fn splunk(flat: &Value) -> Option<Paired> {
    let source = format!("XmlWinEventLog:{}", channel(flat));
    let mut row = Map::new();
    for (name, value) in flat.as_object()? {
        let name = match name.as_str() {
            "EventID" => "EventCode",
            "Channel" | "_id" | "_src" | "_ds" => continue,
            other => other,
        };
        let texted = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        row.insert(name.to_owned(), json!(texted));
    }
    row.insert("source".to_owned(), json!(source));
    row.insert("sourcetype".to_owned(), json!("XmlWinEventLog"));
    row.insert("Channel".to_owned(), json!(channel(flat)));
    (channel(flat) == SYSMON).then(|| Paired {
        flat: flat.clone(),
        row: Value::Object(row),
    })
}

/// Sentinel's table `SecurityEvent`: <https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/securityevent>. Its columns have the names of `EventData`.
pub(crate) fn security(flat: &Value) -> Option<Paired> {
    if channel(flat) != "Security" {
        return None;
    }
    let mut row = Map::new();
    for (name, value) in flat.as_object()? {
        match (name.as_str(), value) {
            (
                "_id" | "_src" | "_ds" | "Provider_Name" | "EventRecordID" | "Keywords"
                | "ProviderGuid" | "Message",
                _,
            ) => {}
            ("EventID", value) => {
                row.insert(name.clone(), value.clone());
            }
            ("LogonType", _) => {
                row.insert(name.clone(), number(flat, "LogonType"));
            }
            (_, Value::String(text)) => {
                row.insert(name.clone(), json!(text));
            }
            (_, value) => {
                row.insert(name.clone(), json!(value.to_string()));
            }
        }
    }
    row.insert(
        "EventSourceName".to_owned(),
        json!(text(flat, "Provider_Name")),
    );
    Some(Paired {
        flat: flat.clone(),
        row: Value::Object(row),
    })
}

/// A recorded row of Sentinel's `WindowsEvent`, and the flat event that it tells of.
pub(crate) fn sentinel(sample: &Value) -> Option<Paired> {
    let row = sample.get("row")?.as_object()?;
    if row.get("Type").and_then(Value::as_str) != Some("WindowsEvent") {
        return None;
    }
    let data: Map<String, Value> = serde_json::from_str(row.get("EventData")?.as_str()?).ok()?;
    // The recording holds the column as text; in the table it is of type `dynamic`.
    let mut row = row.clone();
    row.insert("EventData".to_owned(), Value::Object(data.clone()));
    let mut flat = data;
    for (name, column) in [
        ("Channel", "Channel"),
        ("EventID", "EventID"),
        ("Provider_Name", "Provider"),
        ("Computer", "Computer"),
    ] {
        flat.insert(name.to_owned(), row.get(column)?.clone());
    }
    Some(Paired {
        flat: Value::Object(flat),
        row: Value::Object(row.clone()),
    })
}
