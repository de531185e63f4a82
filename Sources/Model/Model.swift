// Model: the words of Mainstay as values.
//
// Owns the identifiers, the file info, its one canonical encoding and its digests, and the rules for names. Everything
// is a value, checked when it is made. It must never touch a disk, a clock or a network.
