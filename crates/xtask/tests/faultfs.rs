//! The fault shim (`tests/shim/faultfs.c`) does what the crash tests rely on: it strikes where it is told to, nowhere
//! else, and says so. Python's sqlite3 is the guinea pig, because Ergon's own store isn't below this crate.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "clippy sees tests only in #[test] functions, not in their helpers")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Shim {
    folder: tempfile::TempDir,
}

/// Commits the numbers below n one by one, tries each failed one again, and prints those it was told are in.
const COMMITTER: &str = r#"
import sqlite3, sys
db = None
def insert(number):
    global db
    try:
        if db is None:
            db = sqlite3.connect(sys.argv[1], isolation_level=None)
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=full")
            db.execute("pragma wal_autocheckpoint=5")
            db.execute("create table if not exists t (number integer primary key)")
        db.execute("begin immediate")
        db.execute("insert or ignore into t values (?)", (number,))
        db.execute("commit")
        return True
    except sqlite3.Error as error:
        print("error", error)
        if db is not None: db.close()
        db = None
        return False
for number in range(int(sys.argv[2])):
    for attempt in range(40):
        if insert(number):
            print("committed", number)
            break
"#;

const READER: &str = r#"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("pragma integrity_check").fetchone()[0])
for (number,) in db.execute("select number from t"): print(number)
"#;

/// Prints how each of some operations ended: ok or the errno.
const OPERATIONS: &str = r#"
import errno, os, sys
folder = sys.argv[1]
def attempt(name, action):
    try:
        action()
        print(name, "ok")
    except OSError as error:
        print(name, errno.errorcode[error.errno])
for name in ("store.ergon", "other.txt"):
    fd = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT)
    attempt("write", lambda: os.write(fd, b"12345678"))
    attempt("pwrite", lambda: os.pwrite(fd, b"12345678", 0))
    attempt("fsync", lambda: os.fsync(fd))
    attempt("fdatasync", lambda: os.fdatasync(fd))
    attempt("ftruncate", lambda: os.ftruncate(fd, 100))
    attempt("rename", lambda: os.rename(os.path.join(folder, name), os.path.join(folder, name + "2")))
    print("size", os.fstat(fd).st_size)
"#;

impl Shim {
    fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/shim/faultfs.c");
        let status = Command::new("cc")
            .args(["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O2", "-o"])
            .arg(folder.path().join("libfaultfs.so"))
            .arg(source)
            .args(["-ldl", "-pthread"])
            .status();
        assert!(status.unwrap().success(), "faultfs.c doesn't compile");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the script printed, under the shim with these settings.
    fn python(&self, script: &str, arguments: &[&str], settings: &[(&str, &str)]) -> String {
        let mut python = Command::new("python3");
        python.arg("-c").arg(script).args(arguments);
        if !settings.is_empty() {
            python.env("LD_PRELOAD", self.path("libfaultfs.so")).env("ERGON_FAULT_LOG", self.path("log"));
            for (name, value) in settings {
                python.env(format!("ERGON_FAULT_{name}"), value);
            }
        }
        let output = python.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn operations(&self, settings: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let printed = self.python(OPERATIONS, &[folder.path().to_str().unwrap()], settings);
        printed.lines().map(str::to_owned).collect()
    }

    fn strikes_logged(&self) -> usize {
        let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
        assert!(log.contains("start pid="), "the shim wasn't loaded");
        log.lines().filter(|line| !line.starts_with("start ")).count()
    }
}

#[test]
fn it_strikes_the_operations_and_files_it_is_told_to() {
    let shim = Shim::build();
    let all = ["write", "pwrite", "fsync", "fdatasync", "ftruncate", "rename"];
    let expected = |failing: &[&str], error: &str| -> Vec<String> {
        let first = all.map(|op| format!("{op} {}", if failing.contains(&op) { error } else { "ok" }));
        first.into_iter().collect()
    };
    let store = |settings: &[(&str, &str)]| shim.operations(settings)[..6].to_vec();

    let everything = shim.operations(&[("EVERY", "1"), ("PATH", "store.ergon")]);
    assert_eq!(everything[..6], expected(&all, "ENOSPC"), "each one fails");
    assert_eq!(everything[6], "size 0", "and does nothing");
    assert_eq!(everything[7..13], expected(&[], ""), "another file isn't touched");
    assert_eq!(shim.strikes_logged(), 6);

    assert_eq!(
        store(&[("EVERY", "1"), ("OPS", "fsync"), ("ERRNO", "EIO"), ("PATH", ".ergon")]),
        expected(&["fsync", "fdatasync"], "EIO")
    );
    assert_eq!(store(&[("EVERY", "1"), ("OPS", "rename"), ("PATH", ".ergon2")]), expected(&["rename"], "ENOSPC"));
    assert_eq!(
        store(&[("EVERY", "2"), ("PATH", "store.ergon")]),
        expected(&["pwrite", "fdatasync", "rename"], "ENOSPC")
    );
    assert_eq!(
        store(&[("EVERY", "2"), ("AFTER", "1"), ("LIMIT", "1"), ("PATH", "store.ergon")]),
        expected(&["fsync"], "ENOSPC")
    );
    assert_eq!(store(&[("EVERY", "0"), ("PATH", "store.ergon")]), expected(&[], ""), "0 is off");
}

#[test]
fn a_torn_write_leaves_its_first_half() {
    let shim = Shim::build();
    let settings = [("EVERY", "1"), ("OPS", "write"), ("LIMIT", "1"), ("TORN", "1"), ("PATH", "store.ergon")];
    let folder = tempfile::tempdir().unwrap();
    let script = "import os, sys\nfd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n\
        try: os.write(fd, b'12345678')\nexcept OSError: print('failed')\nprint(os.pread(fd, 9, 0))";
    let file = folder.path().join("store.ergon");
    assert_eq!(shim.python(script, &[file.to_str().unwrap()], &settings), "failed\nb'1234'\n");
}

#[test]
fn a_seed_draws_the_same_strikes_again() {
    let shim = Shim::build();
    let drawn = |seed| shim.operations(&[("EVERY", "2"), ("SEED", seed), ("PATH", "store.ergon")]);
    let draws: BTreeSet<Vec<String>> = ["1", "2", "3", "4", "5"].map(drawn).into_iter().collect();
    assert!(draws.len() > 1, "the seed changes nothing");
    assert_eq!(drawn("3"), drawn("3"));
}

#[test]
fn sqlite_loses_nothing_that_it_acknowledged() {
    let shim = Shim::build();
    let folder = tempfile::tempdir().unwrap();
    let mut struck = 0;
    for (ops, error) in [("write", "ENOSPC"), ("fsync", "EIO"), ("write,fsync,truncate", "ENOSPC")] {
        for every in ["5", "11", "23"] {
            let file = folder.path().join(format!("{ops}-{every}.ergon"));
            let file = file.to_str().unwrap();
            // Drawn, because a regular beat can hit the same step of each new try for ever.
            let settings = [("EVERY", every), ("SEED", "1"), ("OPS", ops), ("ERRNO", error), ("PATH", ".ergon")];
            let printed = shim.python(COMMITTER, &[file, "30"], &settings);
            let committed: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("committed ")).collect();
            let read = shim.python(READER, &[file], &[]);
            let mut read = read.lines();
            assert_eq!(read.next(), Some("ok"), "{ops} each {every}: the file is damaged");
            let present: BTreeSet<&str> = read.collect();
            for number in &committed {
                assert!(present.contains(number), "{ops} each {every}: {number} was acknowledged and is gone");
            }
            assert!(committed.len() > 10, "{ops} each {every}: hardly anything came through\n{printed}");
            struck = shim.strikes_logged();
        }
    }
    assert!(struck > 100, "only {struck} operations failed");
}
