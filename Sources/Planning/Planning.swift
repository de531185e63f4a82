// Planning: what a node wants, computed from facts.
//
// Owns the decision about every image, the descent by which a mirror is checked, and the times to try again. All of it
// is pure: the same facts give the same answer, in a running agent and in the simulator alike. It must never look at a
// clock, a disk or a network, and nothing here is async.
