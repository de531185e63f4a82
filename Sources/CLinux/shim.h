// Functions and constants of glibc that Swift's Glibc module does not show, because it is built without _GNU_SOURCE.
// Declared here as their man pages say; all are in glibc 2.30 and later (Debian 12 has 2.36).
#ifndef MAINSTAY_CLINUX_H
#define MAINSTAY_CLINUX_H

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/xattr.h>

// renameat2(2), since glibc 2.28
extern int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags);
static const unsigned int MAINSTAY_RENAME_NOREPLACE = 1;
static const unsigned int MAINSTAY_RENAME_EXCHANGE = 2;

// malloc_trim(3): give back what is free
extern int malloc_trim(size_t pad);

// mallopt(3)
extern int mallopt(int param, int value);
static const int MAINSTAY_M_TRIM_THRESHOLD = -1;
static const int MAINSTAY_M_MMAP_THRESHOLD = -3;

// clock_getcpuclockid(3): seconds that a process has run so far; -1 when there is none
#include <time.h>
static inline double mainstay_processor_time(pid_t process) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// open(2)
#ifdef __aarch64__
static const int MAINSTAY_O_DIRECT = 0200000;
#else
static const int MAINSTAY_O_DIRECT = 040000;
#endif

// ioctl_ficlonerange(2): FICLONE of linux/fs.h
static const unsigned long MAINSTAY_FICLONE = 0x40049409;

// getdents(2), since glibc 2.30
extern ssize_t getdents64(int fd, void *dirp, size_t count);

// sync_file_range(2): begin to write what is not yet on its way to the disk
extern int sync_file_range(int fd, long offset, long nbytes, unsigned int flags);
static const unsigned int MAINSTAY_SYNC_FILE_RANGE_WRITE = 2;

static const unsigned int MAINSTAY_SYNC_FILE_RANGE_WAIT_BEFORE = 1;

// syncfs(2): write the file system that this file lies on, and wait for it
extern int syncfs(int fd);

// statfs(2): the usual file systems of a machine's own disks. Their syncfs makes durable all that fsync would, and reports
// like it
#include <sys/vfs.h>
static inline int mainstay_is_on_local_disk(int fd) {
  enum { EXT4 = 0xEF53, XFS = 0x58465342 };
  static const unsigned long BTRFS = 0x9123683EUL, F2FS = 0xF2F52010UL;
  struct statfs about;
  if (fstatfs(fd, &about) != 0) return 0;
  unsigned long type = (unsigned long)about.f_type & 0xFFFFFFFFUL;
  return type == EXT4 || type == XFS || type == BTRFS || type == F2FS;
}

// fcntl(2): a lease for reading is to be had only while nobody has the file open for writing. The numbers are Linux's on
// all machines; a writer that comes between the two calls has the kernel send SIGIO, and waits for the second.
#include <fcntl.h>
#include <signal.h>
static inline int mainstay_check_nobody_writes(int fd) {
  enum { SETLEASE = 1024, READ_LEASE = 0, NO_LEASE = 2 };
  static int ignores_sigio = 0;
  if (!ignores_sigio) {
    signal(SIGIO, SIG_IGN);
    ignores_sigio = 1;
  }
  if (fcntl(fd, SETLEASE, READ_LEASE) != 0) return -1;
  return fcntl(fd, SETLEASE, NO_LEASE);
}

// eventfd(2); the flags are O_CLOEXEC and O_NONBLOCK
extern int eventfd(unsigned int initval, int flags);

// utimensat(2): leave this time as it is
static const long MAINSTAY_UTIME_OMIT = (1l << 30) - 2;

// pthread_setname_np(3); names have at most 15 bytes
extern int pthread_setname_np(unsigned long thread, const char *name);

// syscall(2)
extern long syscall(long number, ...);

// ioprio_set(2), which glibc has no function for: the calling thread reads and writes when nobody else does
static inline int mainstay_set_idle_io(void) {
  enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_CLASS_IDLE = 3, IOPRIO_CLASS_SHIFT = 13 };
  return (int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_CLASS_IDLE << IOPRIO_CLASS_SHIFT);
}

// ioprio_get(2): whether that is so of the calling thread
static inline int mainstay_has_idle_io(void) {
  enum { IOPRIO_WHO_PROCESS = 1, IOPRIO_CLASS_IDLE = 3, IOPRIO_CLASS_SHIFT = 13 };
  return (int)syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) >> IOPRIO_CLASS_SHIFT == IOPRIO_CLASS_IDLE;
}

#endif
