// libseccomp, and what else a process can do to lock itself in: system calls for which glibc 2.36 has no function that
// Swift can call, and macros of libseccomp that Swift cannot see.
#ifndef MAINSTAY_CSECCOMP_H
#define MAINSTAY_CSECCOMP_H

#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

extern long syscall(long number, ...);

static inline uint32_t mainstay_act_refuse(void) { return SCMP_ACT_ERRNO(EPERM); }
static inline uint32_t mainstay_act_kill(void) { return SCMP_ACT_KILL_PROCESS; }
static inline uint32_t mainstay_act_allow(void) { return SCMP_ACT_ALLOW; }

// A rule for a system call by its name, whatever its arguments. 0 also where this machine has no call of that name.
static inline int mainstay_rule(scmp_filter_ctx filter, uint32_t action, const char *name) {
  int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR || number < 0) return 0;
  return seccomp_rule_add_array(filter, action, number, 0, 0);
}

// The same for a call whose argument `index`, masked, is `value`.
static inline int mainstay_rule_masked(
    scmp_filter_ctx filter, uint32_t action, const char *name, unsigned int index, uint64_t mask, uint64_t value) {
  int number = seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR || number < 0) return 0;
  struct scmp_arg_cmp compare = {index, SCMP_CMP_MASKED_EQ, mask, value};
  return seccomp_rule_add_array(filter, action, number, 1, &compare);
}

// prctl(2)
static inline int mainstay_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0); }
static inline int mainstay_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }
static inline int mainstay_has_no_new_privileges(void) { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; }
static inline int mainstay_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
static inline int mainstay_is_filtered(void) { return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2; }

// setrlimit(2), to this value for good
static inline int mainstay_limit(int resource, uint64_t value) {
  struct rlimit limit = {value, value};
  return setrlimit((__rlimit_resource_t)resource, &limit);
}
static inline int mainstay_is_limited(int resource, uint64_t value) {
  struct rlimit limit;
  return getrlimit((__rlimit_resource_t)resource, &limit) == 0 && limit.rlim_cur <= value && limit.rlim_max <= value;
}
static const int MAINSTAY_AS = RLIMIT_AS, MAINSTAY_CPU = RLIMIT_CPU, MAINSTAY_FSIZE = RLIMIT_FSIZE;
static const int MAINSTAY_NOFILE = RLIMIT_NOFILE, MAINSTAY_CORE = RLIMIT_CORE;

// close_range(2): all from `first` on
static inline int mainstay_close_from(unsigned int first) { return (int)syscall(SYS_close_range, first, ~0u, 0); }

// landlock(7): no file can be opened, made or run any more, nor a port be used where the kernel knows how. Answers the
// kernel's version of it; 0 where it has none, -1 where it refused.
static inline int mainstay_landlock(void) {
  enum { VERSION = 1 };
  long version = syscall(SYS_landlock_create_ruleset, 0, 0, VERSION);
  if (version < 1) return 0;
  struct { uint64_t files, ports; } rules = {0, 0};
  rules.files = version == 1 ? 0x1FFF : version == 2 ? 0x3FFF : version < 5 ? 0x7FFF : 0xFFFF;
  if (version >= 4) rules.ports = 3;
  long set = syscall(SYS_landlock_create_ruleset, &rules, version >= 4 ? 16 : 8, 0);
  if (set < 0) return -1;
  long status = syscall(SYS_landlock_restrict_self, set, 0);
  close((int)set);
  return status == 0 ? (int)version : -1;
}

#endif
