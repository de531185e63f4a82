// Disk: everything that touches the files of the library.
//
// It owns the library's folder and its marker, the walk through it, the watch over it, reading and hashing, and every
// change of a file's name. It looks at nothing but names, bytes and what fstat says: it knows neither the catalogue
// nor the imaging nor the network, and is told what is known as `KnownFile`s.
//
// It must never: overwrite an existing file; show a received main under its name before its bytes are synced and its
// hash is compared (S5); unlink or rename a file that is not the one it was told; unlink a main except against a proof
// (S2) or out of what was set aside; follow a symbolic link inside the library; map a file into memory (a disk that
// fails would kill the process); take what it could not read for gone (S6); or make a system call except through
// `SystemCalls`, the one door where tests put their faults.
//
// Everything here that is not `async` blocks on the disk: call it through `DiskThreads.run`.
