// Control: what a person's commands and the running agent say to each other.
//
// Owns the messages (whose JSON is the command-line contract, `Control.docc/Contract.md`), the failures with their HTTP
// statuses and exit codes, where the control socket lies, and both ends of the socket: HTTP/1.1 over a Unix-domain socket
// that only its owner may open. It must never decide anything about images, peers or files: every request is one call of
// `NodeControl`, and the node behind it decides.
