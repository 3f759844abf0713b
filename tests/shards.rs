//! `spof simulate --shard`, `spof merge` and `spof shard-script`, as a user meets them.

#[path = "support/command_line.rs"]
mod command_line;
#[path = "support/listing.rs"]
mod listing;

use command_line::spof;
use listing::files_in;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const SCENARIO: &str = "
name: A queue
run: { requests: 4000, warmup: 400 requests, seed: 5 }
nodes:
  users: { kind: user, arrivals: 50/s }
  web:   { kind: station, work: 'empirical(file \"times.csv\")' }
requests:
  page: { share: 60%, path: [ web ], objective: 50ms }
  rest: { share: 40%, path: [ web ] }
expect: [ 'page mean < 100ms', 'p99 < 900ms' ]
";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("queue.yaml"), SCENARIO).unwrap();
    fs::write(home.path().join("times.csv"), "5ms\n11ms\n9ms\n2ms\n").unwrap();
    home
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    spof(home, arguments).output().unwrap()
}

/// Fails with what the program says.
fn succeed(home: &Path, arguments: &[&str]) -> String {
    let output = run(home, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

fn refusal(home: &Path, arguments: &[&str]) -> String {
    let output = run(home, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

fn shards(home: &Path, of: u64, replications: &str, more: &[&str]) {
    for number in 1..=of {
        let shard = format!("{number}/{of}");
        let words = ["simulate", "queue.yaml", "--replications", replications, "--shard", &shard, "--quiet"];
        succeed(home, &[&words, more].concat());
    }
}

#[test]
fn processes_side_by_side_leave_what_one_machine_leaves() {
    let (one, many) = (home(), home());
    let told = succeed(one.path(), &["simulate", "queue.yaml", "--replications", "23"]);
    // How fast that was is of one machine alone.
    let (told, _) = told.rsplit_once("\n  101,200 requests, ").expect("a last line");
    let program = assert_cmd::cargo::cargo_bin("spof");
    let processes: Vec<_> = (1..=5)
        .map(|number| {
            let mut command = Command::new(&program);
            command.current_dir(many.path()).stdout(Stdio::null());
            // As a Slurm array would have them.
            let array = [("ID", number), ("MIN", 1), ("MAX", 5), ("COUNT", 5)];
            command.envs(array.map(|(word, value)| (format!("SLURM_ARRAY_TASK_{word}"), value.to_string())));
            let words = ["simulate", "queue.yaml", "--replications", "23", "--shard", "auto"];
            command.args(words).spawn().unwrap()
        })
        .collect();
    for mut process in processes {
        assert!(process.wait().unwrap().success());
    }
    let folder = many.path().join("output/queue");
    let names: Vec<String> =
        (1..=5).rev().map(|number| format!("output/queue/shard-{number}-of-5.spof")).collect();
    let words: Vec<&str> = std::iter::once("merge").chain(names.iter().map(String::as_str)).collect();
    assert_eq!(succeed(many.path(), &words).trim_end(), told.trim_end(), "the terminal");
    assert_eq!(
        files_in(&folder).into_iter().filter(|name| !name.starts_with("shard-")).collect::<Vec<_>>(),
        files_in(&one.path().join("output/queue"))
    );
    for name in files_in(&one.path().join("output/queue")) {
        let read = |home: &Path| fs::read(home.join("output/queue").join(&name)).unwrap();
        assert!(name == "run.json" || read(one.path()) == read(many.path()), "{name}");
    }
    let json = succeed(one.path(), &["simulate", "queue.yaml", "--replications", "23", "--json"]);
    assert_eq!(succeed(many.path(), &[&words[..], &["--json"]].concat()), json);
}

#[test]
fn shards_can_be_gathered_in_another_place() {
    let home = home();
    shards(home.path(), 3, "7", &["--rows", "none", "--no-charts", "--out", "runs", "--seed", "8"]);
    let names = ["runs/shard-1-of-3.spof", "runs/shard-2-of-3.spof", "runs/shard-3-of-3.spof"];
    let told = succeed(home.path(), &[&["merge", "--out", "elsewhere"], &names[..]].concat());
    assert_eq!(files_in(&home.path().join("elsewhere")), ["replications.csv", "replications.json"]);
    assert!(told.contains("replications.csv, replications.json in elsewhere/"), "{told}");
    // What another run has left beside the first shard is not taken for the first run.
    let plain = ["simulate", "queue.yaml", "--out", "runs", "--seed", "9", "--no-charts", "--quiet"];
    succeed(home.path(), &plain);
    succeed(home.path(), &[&["merge"], &names[..]].concat());
    assert!(!home.path().join("runs/summary.json").exists());
    let same = |folder: &str| fs::read(home.path().join(folder).join("replications.json")).unwrap();
    assert!(same("runs") == same("elsewhere"));
}

#[test]
fn lost_shards_are_named_with_the_commands_that_make_them() {
    let home = home();
    let more = ["--rows", "none", "--no-charts", "--set", "name=Two words", "--out", "runs"];
    shards(home.path(), 4, "9", &more);
    let whole = fs::read(home.path().join("runs/shard-3-of-4.spof")).unwrap();
    fs::remove_file(home.path().join("runs/shard-3-of-4.spof")).unwrap();
    let names = ["runs/shard-1-of-4.spof", "runs/shard-2-of-4.spof", "runs/shard-4-of-4.spof"];
    let told = refusal(home.path(), &[&["merge"], &names[..]].concat());
    assert!(told.contains("shard 3 of 4 is not there; simulate again what is lost:\n"), "{told}");
    let command = told.lines().last().unwrap().trim();
    let expected = "spof simulate queue.yaml --replications 9 --quiet --rows none --no-charts --set \
                    'name=Two words' --out runs --shard 3/4";
    assert_eq!(command, expected);
    let program = assert_cmd::cargo::cargo_bin("spof");
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let made = Command::new("sh").args(["-c", command]).current_dir(home.path()).env("PATH", path).status();
    assert!(made.unwrap().success());
    assert!(fs::read(home.path().join("runs/shard-3-of-4.spof")).unwrap() == whole);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let home = home();
    let bare = ["--rows", "none", "--no-charts", "--no-report"];
    let made = |folder: &str, of: u64, replications: &str, more: &[&str]| {
        shards(home.path(), of, replications, &[&bare[..], &["--out", folder], more].concat());
    };
    made("a", 2, "6", &[]);
    made("seed", 2, "6", &["--seed", "6"]);
    made("scenario", 2, "6", &["--set", "nodes.users.arrivals=51/s"]);
    made("cut", 3, "6", &[]);
    made("number", 2, "7", &[]);
    fs::write(home.path().join("times.csv"), "5ms\n11ms\n9ms\n3ms\n").unwrap();
    made("file", 2, "6", &[]);
    let first = "a/shard-1-of-2.spof";
    for (other, told) in [
        ("seed/shard-2-of-2.spof", "its seed is 6, not 5"),
        ("scenario/shard-2-of-2.spof", "its scenario is another one, or has other settings"),
        ("file/shard-2-of-2.spof", "its scenario is another one, or has other settings"),
        ("cut/shard-2-of-3.spof", "it is one of 3 shards, not of 2"),
        ("number/shard-2-of-2.spof", "it belongs to 7 replications, not 6"),
        ("a/shard-1-of-2.spof", "are both shard 1 of 2"),
        ("a/summary.json", "this is no shard of a study"),
        ("torn.spof", "this shard is torn"),
    ] {
        let whole = fs::read(home.path().join("a/shard-2-of-2.spof")).unwrap();
        fs::write(home.path().join("torn.spof"), &whole[..whole.len() - 40]).unwrap();
        let error = refusal(home.path(), &["merge", first, other, "--out", "merged"]);
        assert!(error.contains(told) && error.contains(other), "{error}");
        assert!(!home.path().join("merged").exists());
    }
    let folder = refusal(home.path(), &["merge", "a"]);
    assert!(folder.contains("a is a folder; name the shards in it, such as a/shard-*.spof"), "{folder}");
    let missing = run(home.path(), &["merge", first, "nowhere.spof"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("nowhere.spof: "));
}

#[test]
fn mistakes_are_told() {
    let home = home();
    for (arguments, told) in [
        (&["--replications", "4", "--shard", "5/4"][..], "write 3/8 for the third of eight shards"),
        (&["--replications", "4", "--shard", "0/4"], "write 3/8"),
        (&["--shard", "1/4"], "--replications <N>"),
        (&["--until", "p99 ±2%", "--shard", "1/4"], "cannot be used with"),
        (&["--replications", "4", "--shard", "1/4", "--time-limit", "3s"], "cannot be used with"),
        (&["--replications", "4", "--shard", "1/5"], "4 replications make at most 4 shards"),
        (&["--replications", "4", "--shard", "auto"], "this is no array; write --shard 3/8"),
        (&["--replications", "4", "--shard", "1/2", "queue.yaml"], "one scenario at a time"),
        (&["--replications", "4", "--shard", "1/2", "--set", "nodes.web.servers=x"], "nodes.web.servers"),
    ] {
        let error = refusal(home.path(), &[&["simulate", "queue.yaml"], arguments].concat());
        assert!(error.contains(told), "{error}");
        assert!(!home.path().join("output").exists());
    }
    fs::create_dir(home.path().join("thesis")).unwrap();
    fs::write(home.path().join("thesis/thesis.tex"), "").unwrap();
    for shard in ["1/2", "2/2"] {
        let words = ["simulate", "queue.yaml", "--replications", "4", "--shard", shard, "--out", "thesis"];
        assert!(refusal(home.path(), &words).contains("holds thesis.tex"));
    }
    assert_eq!(files_in(&home.path().join("thesis")), ["thesis.tex"]);
}

/// Also not by a shard that writes the files of the first run.
#[cfg(unix)]
#[test]
fn a_shard_that_is_stopped_leaves_nothing() {
    for shard in ["1/2", "2/2"] {
        let home = home();
        let program = assert_cmd::cargo::cargo_bin("spof");
        let words = ["simulate", "queue.yaml", "--replications", "100000", "--shard", shard, "--out", "out"];
        let mut process = Command::new(program)
            .current_dir(home.path())
            .args(words)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let folder = home.path().join("out");
        // It has begun when its unfinished file is there.
        while !folder.exists() || files_in(&folder).is_empty() {
            assert!(process.try_wait().unwrap().is_none(), "it has ended before it was stopped");
            std::thread::sleep(Duration::from_millis(5));
        }
        // The first run has ended by then, but it is not the only one.
        std::thread::sleep(Duration::from_millis(500));
        let stop = Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap();
        assert!(stop.success());
        let output = process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert!(String::from_utf8_lossy(&output.stderr).contains("Stopped. Nothing has been written."));
        assert_eq!(files_in(&folder), [""; 0], "shard {shard}");
    }
}

const SCRIPTS: [(&str, &str); 2] =
    [("slurm", "deploy/slurm/one-server.sh"), ("kubernetes", "deploy/kubernetes/one-server.yaml")];

#[test]
fn the_scripts_of_the_repository_are_what_the_program_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (cluster, path) in SCRIPTS {
        let words = ["shard-script", "scenarios/one-server.yaml", "--replications", "1000", "--shards", "8"];
        let printed = succeed(
            root,
            &[&words[..], &["--for", cluster, "--cores", "2", "--", "--rows", "none"]].concat(),
        );
        if std::env::var_os("UPDATE").is_some() {
            fs::write(root.join(path), &printed).unwrap();
        }
        let kept = fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(kept == printed, "{path} is out of date: run the tests with UPDATE=1");
    }
}

/// As Slurm would run it, but for the folder.
#[cfg(unix)]
#[test]
fn the_script_for_slurm_makes_all_shards() {
    let home = home();
    let words = ["shard-script", "queue.yaml", "--replications", "5", "--shards", "2", "--for", "slurm"];
    let script = succeed(home.path(), &[&words[..], &["--", "--rows", "none", "--no-charts"]].concat());
    fs::write(home.path().join("study.sh"), &script).unwrap();
    assert!(
        Command::new("bash").args(["-n", "study.sh"]).current_dir(home.path()).status().unwrap().success()
    );
    let program = assert_cmd::cargo::cargo_bin("spof");
    let path =
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    for task in ["1", "2"] {
        let mut bash = Command::new("bash");
        bash.arg("study.sh").current_dir(home.path()).env("PATH", &path).env("SLURM_ARRAY_TASK_ID", task);
        assert!(bash.status().unwrap().success());
    }
    let merge = script.lines().find_map(|line| line.strip_prefix("#   spof merge ")).unwrap();
    assert_eq!(merge, "output/queue/shard-*-of-2.spof");
    let names = ["output/queue/shard-1-of-2.spof", "output/queue/shard-2-of-2.spof"];
    succeed(home.path(), &[&["merge"], &names[..]].concat());
}

#[test]
fn mistakes_in_a_script_are_told_before_a_cluster_meets_them() {
    let home = home();
    let words = ["shard-script", "queue.yaml", "--replications", "5", "--for", "slurm", "--shards"];
    for (more, told) in [
        (&["9"][..], "5 replications make at most 5 shards"),
        (&["0"], "write 3/8"),
        (&["2", "--", "--set", "nodes.web.servers=x"], "nodes.web.servers"),
        (&["2", "--", "--rows", "some"], "write all, none, or a share"),
        (&["2", "--", "--until", "p99 ±2%"], "cannot be used with"),
        (&["2", "--", "--out", "here"], "the script says itself where results go"),
        (&["2", "--", "other.yaml"], "one scenario at a time"),
    ] {
        let error = refusal(home.path(), &[&words[..], more].concat());
        assert!(error.contains(told), "{error}");
    }
}
