//! Scripts that have the shards of a study simulated by many machines: an array of Slurm, or an
//! Indexed Job of Kubernetes.

use super::scenario_json::for_shell;

/// What is to be simulated, and how it is called there.
#[derive(Clone, Debug)]
pub struct ShardScript {
    /// The scenario file, with its folder.
    pub file: String,
    pub replications: u64,
    pub shards: u64,
    /// Threads of each shard.
    pub cores: u32,
    /// Where spof is, for Kubernetes.
    pub image: String,
    /// Further words for `spof simulate`, without its own `--out`.
    pub more: Vec<String>,
}

/// Names of Kubernetes are no longer, and hold no other letters.
const LABEL_CHARACTERS_MOST: usize = 52;

impl ShardScript {
    fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }

    fn stem(&self) -> &str {
        self.file_name().rsplit_once('.').map_or(self.file_name(), |(stem, _)| stem)
    }

    /// `spof-one-server`
    fn name(&self) -> String {
        let letter =
            |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
        let name: String = self.stem().chars().map(letter).take(LABEL_CHARACTERS_MOST).collect();
        format!("spof-{name}").trim_end_matches('-').to_owned()
    }

    /// The words of the command of each shard, which finds out by itself which one it is.
    fn words(&self, file: &str, out: Option<&str>) -> Vec<String> {
        let mut words: Vec<String> = ["spof", "simulate", file].map(str::to_owned).to_vec();
        words.extend(["--replications".to_owned(), self.replications.to_string()]);
        words.extend(["--shard".to_owned(), format!("auto/{}", self.shards)]);
        words.extend(out.into_iter().flat_map(|out| ["--out".to_owned(), out.to_owned()]));
        words.extend(self.more.iter().cloned());
        words.push("--quiet".to_owned());
        words
    }

    /// A script for `sbatch`; `out` is a folder that all machines see.
    pub fn slurm(&self, out: &str) -> String {
        let name = self.name();
        let ShardScript { replications, shards, cores, .. } = self;
        let all = for_shell(out);
        let words: Vec<String> =
            self.words(&self.file, Some(out)).iter().map(|word| for_shell(word)).collect();
        format!(
            "\
#!/usr/bin/env bash
#SBATCH --job-name={name}
#SBATCH --array=1-{shards}
#SBATCH --cpus-per-task={cores}
#SBATCH --output={name}-%A-%a.log
#
# {replications} replications in {shards} shards, each on a machine of its own. Submit this from a folder that
# all machines see, and in which the scenario can be found as it is named below. When all have ended:
#
#   spof merge {all}/shard-*-of-{shards}.spof
#
# This names shards that are lost; `sbatch --array=3,5` with this script makes the third and the fifth again.
set -euo pipefail

# A shard uses the cores that it has been given, and no others.
export RAYON_NUM_THREADS=\"${{SLURM_CPUS_PER_TASK:-{cores}}}\"

{}
",
            words.join(" ")
        )
    }

    /// A manifest for `kubectl apply`.
    pub fn kubernetes(&self) -> String {
        let name = self.name();
        let ShardScript { file, replications, shards, cores, image, .. } = self;
        let out = format!("/results/{}", self.stem());
        let mounted = format!("/scenario/{}", self.file_name());
        let words = self.words(&mounted, Some(&out));
        let words: String = words.iter().map(|word| format!("            - {}\n", quoted(word))).collect();
        let (from_file, image, all) = (for_shell(file), quoted(image), for_shell(&out));
        format!(
            "\
# {replications} replications in {shards} shards, each in a pod of its own. It needs the scenario (a file that this names
# takes another --from-file), and a PersistentVolumeClaim `spof-results` that all pods can write to
# (ReadWriteMany):
#
#   kubectl create configmap {name} --from-file={from_file}
#
# When the job is complete, in a pod that has the same volume:
#
#   spof merge {all}/shard-*-of-{shards}.spof
#
# A pod that is lost is started again by Kubernetes, since a shard leaves either a whole file or none.
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {shards}
  backoffLimit: {shards}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: spof
          image: {image}
          command:
{words}          env:
            - name: RAYON_NUM_THREADS
              value: \"{cores}\"
          resources:
            requests:
              cpu: \"{cores}\"
          volumeMounts:
            - name: scenario
              mountPath: /scenario
              readOnly: true
            - name: results
              mountPath: /results
      volumes:
        - name: scenario
          configMap:
            name: {name}
        - name: results
          persistentVolumeClaim:
            claimName: spof-results
"
        )
    }
}

/// As JSON writes a text, which YAML takes for the same.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::problem::Problems;
    use crate::document::read;
    use crate::document::source::Source;
    use crate::document::value::{Entry, Value};

    fn script(file: &str, more: &[&str]) -> ShardScript {
        ShardScript {
            file: file.to_owned(),
            replications: 100,
            shards: 7,
            cores: 2,
            image: "registry.example/spof: \"1\"".to_owned(),
            more: more.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    fn at<'a>(entry: &'a Entry, path: &str) -> &'a Entry {
        path.split('.').fold(entry, |entry, step| match &entry.value {
            Value::List(items) => &items[step.parse::<usize>().unwrap()],
            _ => &entry.table().unwrap().get(step).unwrap_or_else(|| panic!("{path}")).entry,
        })
    }

    #[test]
    fn a_manifest_says_what_an_indexed_job_needs() {
        let script = script("some/where/My Shop: 2.yaml", &["--set", "name=it's #1: \"a\"\n"]);
        let text = script.kubernetes();
        let problems = Problems::default();
        let manifest = read(&Source::new("job.yaml", text), &problems).unwrap();
        assert!(!problems.has_errors());
        let said = |path: &str| at(&manifest, path).scalar().unwrap().to_owned();
        assert_eq!(said("apiVersion"), "batch/v1");
        assert_eq!(said("metadata.name"), "spof-my-shop--2");
        assert_eq!((said("spec.completionMode"), said("spec.completions")), ("Indexed".into(), "7".into()));
        assert_eq!(said("spec.template.spec.restartPolicy"), "Never");
        let container = at(&manifest, "spec.template.spec.containers.0");
        assert_eq!(at(container, "image").scalar(), Some("registry.example/spof: \"1\""));
        let Value::List(words) = &at(container, "command").value else { panic!("no list") };
        let words: Vec<&str> = words.iter().map(|word| word.scalar().unwrap()).collect();
        let mounted = "/scenario/My Shop: 2.yaml";
        let expected = ["spof", "simulate", mounted, "--replications", "100", "--shard", "auto/7"];
        assert_eq!(words[..7], expected);
        assert_eq!(words[7..], ["--out", "/results/My Shop: 2", "--set", "name=it's #1: \"a\"\n", "--quiet"]);
        for (number, name) in ["scenario", "results"].into_iter().enumerate() {
            assert_eq!(at(container, &format!("volumeMounts.{number}.name")).scalar(), Some(name));
            assert_eq!(said(&format!("spec.template.spec.volumes.{number}.name")), name);
        }
    }

    #[test]
    fn names_are_what_kubernetes_takes() {
        let long = format!("{}.yaml", "Ünusual_".repeat(20));
        for file in [long.as_str(), "a.yaml", "-.yaml", "...", ""] {
            let name = script(file, &[]).name();
            let fine = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            assert!(name.len() <= 63 && name.chars().all(fine) && !name.ends_with('-'), "{file}: {name}");
        }
    }
}
