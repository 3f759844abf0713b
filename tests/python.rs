//! The Python package, its notebooks and its clusters: tests in `python/tests`, run by the Python
//! in which the package is installed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Where `.ci/run` installs it; another one is named by `SPOF_PYTHON`.
const USUAL: &str = "python/.venv/bin/python";

const WAY: &str = "the Python package is not installed: `python3 -m venv python/.venv` and \
                   `python/.venv/bin/pip install -r python/requirements.txt .` install it";

/// Nothing if there is no such Python.
fn python() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = env::var_os("SPOF_PYTHON").map_or_else(|| home.join(USUAL), PathBuf::from);
    // Apart from whatever lies in the folder from which it is started.
    let imports = Command::new(&python).args(["-I", "-c", "import spof, pytest"]).output();
    imports.is_ok_and(|done| done.status.success()).then_some(python)
}

/// Clusters and kernels of several tests at once would wait for each other longer than they do.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn tests(name: &str, words: &[&str]) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(python) = python() else {
        assert!(env::var("CI").as_deref() != Ok("true"), "{name}: {WAY}");
        return eprintln!("left out: {name}: {WAY}");
    };
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]).args(words);
    let done = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{told}\n{}", String::from_utf8_lossy(&done.stderr));
    print!("{told}");
}

#[test]
fn the_package_gives_what_the_command_line_gives() {
    tests("the package", &["python/tests/test_package.py"]);
}

#[test]
fn the_examples_of_the_package_are_so() {
    tests("examples", &["--doctest-modules", "--pyargs", "spof"]);
}

#[test]
fn the_reference_and_the_types_are_up_to_date() {
    tests("reference", &["python/tests/test_reference.py"]);
}

#[test]
fn the_notebooks_prove_what_they_say() {
    tests("notebooks", &["python/tests/test_notebooks.py"]);
}

#[test]
fn a_cluster_of_two_nodes_gives_the_same_bytes() {
    tests("Ray", &["python/tests/test_batches.py", "python/tests/test_ray.py"]);
}

#[test]
fn a_dask_cluster_gives_the_same_bytes() {
    tests("Dask", &["python/tests/test_dask.py"]);
}

#[test]
fn the_manifest_for_kuberay_is_as_its_schema_says() {
    tests("KubeRay", &["python/tests/test_deploy.py"]);
}
