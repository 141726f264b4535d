//! Which file systems are on a network: SQLite's locks and shared memory can't be trusted there.

use std::path::Path;

use nix::sys::statfs;

use crate::error::StoreError;

/// Numbers of `linux/magic.h` and of the file systems' own headers.
const BY_NUMBER: [(u32, &str); 14] = [
    (0x6969, "NFS"),
    (0x517b, "SMB"),
    (0xff53_4d42, "SMB"),
    (0xfe53_4d42, "SMB"),
    (0x5346_414f, "AFS"),
    (0x6b41_4653, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0x0bd0_0bd0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x1980_0202, "BeeGFS"),
    (0x564c, "NCP"),
    (0x7375_7245, "Coda"),
    (0x0102_1997, "9P"),
    (0xaad7_aaea, "PanFS"),
];

/// Names in a mount table.
const BY_NAME: [(&str, &str); 17] = [
    ("nfs", "NFS"),
    ("nfs4", "NFS"),
    ("cifs", "SMB"),
    ("smb3", "SMB"),
    ("smbfs", "SMB"),
    ("afs", "AFS"),
    ("ceph", "Ceph"),
    ("fuse.ceph", "Ceph"),
    ("lustre", "Lustre"),
    ("gpfs", "GPFS"),
    ("beegfs", "BeeGFS"),
    ("9p", "9P"),
    ("fuse.sshfs", "SSHFS"),
    ("fuse.rclone", "rclone"),
    ("fuse.glusterfs", "GlusterFS"),
    ("fuse.s3fs", "S3"),
    ("fuse.gvfsd-fuse", "GVfs"),
];

/// Refuses a path on a network file system. `named` is the file system's name in the mount table, where the caller
/// knows it; else the system is asked for its number. Programs in user space (sshfs) share one number with local ones,
/// so that only the name tells them apart.
pub(crate) fn refuse_network(path: &Path, named: Option<&str>) -> Result<(), StoreError> {
    let kind = match named {
        Some(name) => BY_NAME.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind),
        None => {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let Ok(stat) = statfs::statfs(folder) else { return Ok(()) };
            #[allow(clippy::unnecessary_cast, reason = "the width of f_type differs between platforms")]
            let number = stat.filesystem_type().0 as u32;
            BY_NUMBER.iter().find(|(n, _)| *n == number).map(|(_, kind)| *kind)
        }
    };
    match kind {
        Some(kind) => Err(StoreError::NetworkFileSystem { path: path.to_owned(), kind }),
        None => Ok(()),
    }
}
