// Simulation: a household of two to six nodes in one thread, driven by one seed.
//
// Owns what the agent's services do around Planning, as state machines of durable steps: disks, catalogues, wires, clocks,
// people, faults; and a ghost that knows everything and judges each step by the safety rules (Sources/README.md). The
// decisions are Planning's own. It must never look at a clock, a disk or a network, nor go through a Set or a Dictionary
// in an order that matters: a seed means the same run everywhere.
