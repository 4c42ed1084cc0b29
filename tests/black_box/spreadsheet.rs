//! CSV that a spreadsheet opens runs nothing that a name in it says, and what was listed can be given back.

use crate::support::Stage;

/// Names of organizations that are formulas to a spreadsheet, and one that only looks guarded.
const FORMULAS: [&str; 4] = [
    "=HYPERLINK(\"http://evil.example\",\"Contoso\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t-2+3",
    "'+1+1",
];

#[test]
fn a_list_runs_nothing_and_can_be_given_back() {
    let stage = Stage::new();
    let mapping = stage.plain(FORMULAS.len());
    {
        let mut world = stage.world();
        for ((id, customer, license), name) in mapping.iter().zip(FORMULAS) {
            let found = world.organizations.iter_mut().find(|found| found.id == *id);
            found.expect("it is there").organization_name = name.to_owned();
            world.customers.get_mut(customer).expect("it is there").name = name.to_owned();
            world.licenses.get_mut(license).expect("it is there").name = format!("{name} backup").into();
        }
    }
    stage.connect();
    let mut rows = String::from("organization,customer,license\n");
    for (id, customer, license) in &mapping {
        rows.push_str(&format!("{id},{customer},{license}\n"));
    }
    let file = stage.file(rows.as_bytes()).display().to_string();
    stage.run(["map-org", "--from", &file, "--yes"]).expect(0);
    let before = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();

    for kind in ["organizations", "customers", "licenses", "mappings"] {
        let csv = stage.run(["list", kind, "-o", "csv"]).expect(0).stdout;
        let mut guarded = 0;
        for record in csv::Reader::from_reader(csv.as_bytes()).records() {
            for cell in record.expect("a row").iter() {
                let is_number = cell.parse::<f64>().is_ok();
                assert!(
                    is_number || !cell.starts_with(['=', '+', '-', '@', '\t']),
                    "{cell}\n{csv}"
                );
                guarded += usize::from(cell.starts_with("'=") || cell.starts_with("''+"));
            }
        }
        assert!(guarded >= 2, "{csv}");
    }

    // The names alone, as they were listed, name the same.
    let csv = stage.run(["list", "mappings", "-o", "csv"]).expect(0).stdout;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().expect("headers").clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .expect("a column")
    };
    let columns = [column("organization"), column("customer"), column("license")];
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["organization", "customer", "license"])
        .expect("memory");
    for record in reader.records() {
        let record = record.expect("a row");
        writer
            .write_record(columns.map(|column| &record[column]))
            .expect("memory");
    }
    let file = stage
        .file(&writer.into_inner().expect("memory"))
        .display()
        .to_string();
    stage.run(["unlink", "--all", "--yes"]).expect(0);
    stage.run(["map-org", "--from", &file, "--yes"]).expect(0);
    let after = stage.run(["list", "mappings", "-o", "json"]).expect(0).json();
    let triples = |mappings: &serde_json::Value| -> Vec<[serde_json::Value; 3]> {
        let rows = mappings.as_array().expect("rows").iter();
        rows.map(|row| ["organization", "customer", "license"].map(|of| row[of]["id"].clone()))
            .collect()
    };
    assert_eq!(triples(&after), triples(&before));
}

#[test]
fn a_seats_file_is_read_as_it_was_listed() {
    let stage = Stage::new();
    let mapping = stage.plain(1);
    let (organization, _, license) = &mapping[0];
    {
        let mut world = stage.world();
        let found = world
            .organizations
            .iter_mut()
            .find(|found| found.id == *organization);
        found.expect("it is there").organization_name = FORMULAS[0].to_owned();
    }
    stage.connect();
    stage.map_these(&mapping);
    stage.sync([]).expect(0);
    let seats = stage.count(*license) + 1;
    let quoted = FORMULAS[0].replace('"', "\"\"");
    let file = stage.file(format!("organization,seats\n\"'{quoted}\",{seats}\n").as_bytes());
    stage
        .sync(["--seats-file", &file.display().to_string()])
        .expect(0);
    assert_eq!(stage.count(*license), seats);
}
