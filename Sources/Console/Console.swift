// Console: `syncctl`, what a person types and sees.
//
// Owns the verbs, one a file, the paths as the shell means them, the texts, tables and progress lines, and the demo. It
// knows the agent only through `Control`: it must never open the catalogue, look into an image, or decide what happens to
// one. What it prints with `--json`, and its exit codes, are the command-line contract
// (`Control.docc/Contract.md`).
