import TestSupport
import Testing

/// The built programs on hosts of their own. One test after another: each has several agents, and the machine
/// that runs them may have two cores.
@Suite(
    "On hosts of their own", .serialized, .timeLimit(.minutes(20)),
    .enabled(if: HostPrerequisites.isMet, "\(HostPrerequisites.reason)"))
enum HostSuites {}
