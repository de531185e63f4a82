// Messages with descriptors between an agent and a program of its own, and memory that both see.
#ifndef MAINSTAY_CLINUX_MESSAGES_H
#define MAINSTAY_CLINUX_MESSAGES_H

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern long syscall(long number, ...);

// memfd_create(2): memory with a descriptor, of a size that nobody can change any more. Not to be executed where the
// kernel knows how (6.3).
static inline int mainstay_memory(const char *name, long size) {
  enum { CLOEXEC = 1, ALLOW_SEALING = 2, NOEXEC_SEAL = 8 };
  enum { ADD_SEALS = 1033, SEAL_SEAL = 1, SEAL_SHRINK = 2, SEAL_GROW = 4 };
  int fd = (int)syscall(SYS_memfd_create, name, CLOEXEC | ALLOW_SEALING | NOEXEC_SEAL);
  if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_memfd_create, name, CLOEXEC | ALLOW_SEALING);
  if (fd < 0) return -1;
  if (ftruncate(fd, size) == 0 && fcntl(fd, ADD_SEALS, SEAL_SHRINK | SEAL_GROW | SEAL_SEAL) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// sendmsg(2) of one message, with at most four descriptors (unix(7), SCM_RIGHTS)
static inline long mainstay_send(int socket, const void *bytes, size_t count, const int *descriptors, int number) {
  union { struct cmsghdr head; char room[CMSG_SPACE(4 * sizeof(int))]; } control;
  struct iovec part = {(void *)bytes, count};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (number < 0 || number > 4) { errno = EINVAL; return -1; }
  if (number > 0) {
    memset(&control, 0, sizeof control);
    message.msg_control = control.room;
    message.msg_controllen = CMSG_SPACE((size_t)number * sizeof(int));
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN((size_t)number * sizeof(int));
    memcpy(CMSG_DATA(head), descriptors, (size_t)number * sizeof(int));
  }
  long sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL); while (sent < 0 && errno == EINTR);
  return sent;
}

// recvmsg(2) of one message. Descriptors are taken only where `most` is not 0; the kernel closes all others. -1 with
// EMSGSIZE for a message that is longer than `count` or has more descriptors than `most`.
static inline long mainstay_receive(int socket, void *bytes, size_t count, int *descriptors, int most, int *number) {
  union { struct cmsghdr head; char room[CMSG_SPACE(4 * sizeof(int))]; } control;
  struct iovec part = {bytes, count};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (number) *number = 0;
  if (most < 0 || most > 4) { errno = EINVAL; return -1; }
  if (most > 0) {
    message.msg_control = control.room;
    message.msg_controllen = CMSG_SPACE((size_t)most * sizeof(int));
  }
  long got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC); while (got < 0 && errno == EINTR);
  if (got < 0) return -1;
  for (struct cmsghdr *head = most > 0 ? CMSG_FIRSTHDR(&message) : 0; head; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    int held = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(descriptors, CMSG_DATA(head), (size_t)held * sizeof(int));
    *number = held;
  }
  if (!(message.msg_flags & (MSG_TRUNC | (most > 0 ? MSG_CTRUNC : 0)))) return got;
  for (int i = 0; number && i < *number; i++) close(descriptors[i]);
  if (number) *number = 0;
  errno = EMSGSIZE;
  return -1;
}

// Whether a child was ended by SIGKILL, as the kernel does where memory is short. It stays to be waited for. One whose end of a
// connection is closed is ending: a fifth of a second is enough to see how.
#include <poll.h>
#include <sys/wait.h>
static inline int mainstay_was_killed(pid_t process) {
  for (int tries = 0; tries < 20; tries++) {
    siginfo_t about;
    about.si_pid = 0;
    if (waitid(P_PID, (id_t)process, &about, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
    if (about.si_pid == process) return about.si_code == CLD_KILLED && about.si_status == 9;
    poll(0, 0, 10);
  }
  return 0;
}

#endif
