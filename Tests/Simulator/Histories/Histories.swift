// Histories: what people do to the files of two to four machines, some of them away and back, in one task from one seed.
//
// Runs what ships: the catalogue on a real database, the planner, the comparison of a library with what is known of it, and
// the batches of names. Owns what stands around them: disks, the wire, the placing of what was got; and what the people
// remember, by which the end is judged: every machine shows the same pictures under the same names as they do, or the two
// names of two edits made apart. It must never go through a Set or a Dictionary in an order that matters: a seed means the
// same run everywhere.
