#include <stdlib.h>

#include <avahi-common/malloc.h>
#include <dns_sd.h>

static inline void *dnssd_allocate_zeroed(size_t size) { return calloc(1, size); }

/// Makes Avahi's compatibility library fit to live through the end of its daemon. To be called before anything else of
/// it, once.
///
/// Two defects of avahi-compat-libdns_sd 0.8 are worked around. It writes an advertisement for its own interface to
/// standard error unless told not to. And when the daemon or the bus goes away, a reference made for resolving or for
/// a query looks at callbacks that only other kinds of references have, in memory that was never set (compat.c:
/// sdref_new, generic_client_callback), and calls whatever it finds there. Memory that is zeroed from the start makes
/// it find none, and go on to its own.
static inline void dnssd_prepare(void) {
    static const AvahiAllocator zeroing = {
        .malloc = dnssd_allocate_zeroed, .free = free, .realloc = realloc, .calloc = calloc};
    setenv("AVAHI_COMPAT_NOWARN", "1", 1);
    avahi_set_allocator(&zeroing);
}
