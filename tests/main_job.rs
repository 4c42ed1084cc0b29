//! The main job, end to end, as a script does it.

mod support;

use support::Stage;

#[test]
fn the_whole_job() {
    let stage = Stage::new();
    stage.connect();
    stage
        .run([
            "configure",
            "--sla",
            "Gold",
            "--priority",
            "Critical 1h",
            "--ticket-type",
            "Incident",
        ])
        .expect(0);
    stage.map_all();
    stage.sync([]).expect(0);
}
