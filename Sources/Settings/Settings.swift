// Settings: the settings, where they stand, and what each may be.
//
// Owns the words of flags, environment and file, the one validation of them, and the change of one setting in a file, all
// else in it left byte for byte. The agent reads by it and `syncctl set` writes by it, so that nothing is written that the agent
// would refuse. It must never touch anything but the settings file.
