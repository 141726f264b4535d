//! CPU time of a run's programs by a control group of their own (cgroup v2, where this process may make one): exact,
//! with everything that was forked, waited for or not, dead or alive. Linux: Documentation/admin-guide/cgroup-v2.rst.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::discovery::Roots;

/// A group made for one program; removed when dropped, as far as it is empty by then.
#[derive(Debug)]
pub struct RunCgroup {
    folder: PathBuf,
}

impl RunCgroup {
    /// The group that this process is in and may make others under.
    ///
    /// # Errors
    /// In words: there is no cgroup v2 here, or this process may make no groups in it.
    pub fn parent(roots: &Roots) -> Result<PathBuf, String> {
        let top = roots.sysfs.join("fs/cgroup");
        if !top.join("cgroup.controllers").exists() {
            return Err(format!("{} is no cgroup v2 tree", top.display()));
        }
        let own = fs::read_to_string(roots.procfs.join("self/cgroup")).map_err(|e| e.to_string())?;
        let own = own.lines().find_map(|line| line.strip_prefix("0::/")).ok_or("this process is in no v2 group")?;
        let folder = top.join(own);
        let delegated = nix::unistd::access(&folder, nix::unistd::AccessFlags::W_OK).is_ok();
        delegated.then_some(()).ok_or_else(|| {
            format!(
                "{} is not this user's: start Ergon with systemd-run --user --scope -p Delegate=yes",
                folder.display()
            )
        })?;
        Ok(folder)
    }

    /// Makes a group.
    ///
    /// # Errors
    /// It can't be made, or tells no CPU time.
    pub fn make(parent: &Path, name: &str) -> io::Result<Self> {
        let folder = parent.join(name);
        match fs::create_dir(&folder) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
        let group = Self { folder };
        if group.cpu_ns().is_none() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the group tells no CPU time"));
        }
        Ok(group)
    }

    /// What a process writes `0` to in order to join.
    ///
    /// # Errors
    /// It can't be opened.
    pub fn door(&self) -> io::Result<File> {
        OpenOptions::new().write(true).open(self.folder.join("cgroup.procs"))
    }

    /// Whether a process is in it, or was: somebody has used CPU time in it.
    pub fn has(&self, pid: u32) -> bool {
        let members = fs::read_to_string(self.folder.join("cgroup.procs")).unwrap_or_default();
        members.lines().any(|line| line.trim().parse() == Ok(pid)) || self.cpu_ns().is_some_and(|ns| ns > 0)
    }

    /// CPU nanoseconds of all that ever were in it.
    pub fn cpu_ns(&self) -> Option<u64> {
        let stat = fs::read_to_string(self.folder.join("cpu.stat")).ok()?;
        let microseconds: u64 = stat.lines().find_map(|line| line.strip_prefix("usage_usec "))?.trim().parse().ok()?;
        microseconds.checked_mul(1_000)
    }
}

impl Drop for RunCgroup {
    fn drop(&mut self) {
        // Who is still in it keeps it; it costs nothing.
        let _ = fs::remove_dir(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Tree(tempfile::TempDir);

    impl Tree {
        fn set(&self, file: &str, text: &str) {
            let path = self.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fn roots(&self) -> Roots {
            let root = self.0.path();
            Roots { sysfs: root.join("sys"), procfs: root.join("proc"), nvml: "none".into() }
        }
    }

    #[test]
    fn a_group_of_its_own_tells_the_cpu_time_of_all_that_ever_were_in_it() {
        let tree = Tree(tempfile::tempdir().unwrap());
        assert!(RunCgroup::parent(&tree.roots()).unwrap_err().contains("no cgroup v2 tree"));
        tree.set("sys/fs/cgroup/cgroup.controllers", "cpu io memory\n");
        tree.set("proc/self/cgroup", "1:name=systemd:/x\n0::/user.slice/app.scope\n");
        tree.set("sys/fs/cgroup/user.slice/app.scope/cgroup.procs", "");
        let parent = RunCgroup::parent(&tree.roots()).unwrap();
        assert!(parent.ends_with("sys/fs/cgroup/user.slice/app.scope"));
        assert!(RunCgroup::make(&parent, "silent").is_err(), "a group that tells no CPU time is no use");
        tree.set("sys/fs/cgroup/user.slice/app.scope/r1/cpu.stat", "usage_usec 1500\nuser_usec 1000\n");
        tree.set("sys/fs/cgroup/user.slice/app.scope/r1/cgroup.procs", "");
        let group = RunCgroup::make(&parent, "r1").unwrap();
        assert_eq!(group.cpu_ns(), Some(1_500_000));
        assert!(group.door().is_ok() && group.has(7), "somebody was in it");
        tree.set("sys/fs/cgroup/user.slice/app.scope/r1/cpu.stat", "usage_usec 0\n");
        tree.set("sys/fs/cgroup/user.slice/app.scope/r1/cgroup.procs", "12\n40\n");
        assert!(group.has(40) && !group.has(4));
        tree.set("sys/fs/cgroup/user.slice/app.scope/r1/cpu.stat", "usage_usec unknown\n");
        assert_eq!(group.cpu_ns(), None, "not known is not zero");
    }

    #[test]
    fn where_the_kernel_lets_us_a_busy_program_is_counted_with_its_forgotten_children() {
        let roots = Roots { sysfs: "/sys".into(), procfs: "/proc".into(), nvml: "none".into() };
        let parent = match RunCgroup::parent(&roots) {
            Ok(parent) => parent,
            Err(why) => return eprintln!("skipped: {why}"),
        };
        let group = match RunCgroup::make(&parent, "ergon-contract-test") {
            Ok(group) => group,
            Err(why) => return eprintln!("skipped: {why}"),
        };
        let busy = "i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done";
        let script = format!("echo 0 > {}/cgroup.procs && (setsid sh -c '{busy}' &) ; sleep 1", group.folder.display());
        assert!(std::process::Command::new("sh").args(["-c", &script]).status().unwrap().success());
        assert!(group.cpu_ns().unwrap() > 20_000_000, "{:?}", group.cpu_ns());
    }
}
