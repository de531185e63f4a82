// Startup: `syncd`, from its command line to a running agent.
//
// Owns the settings (flags, environment, file, and what each refuses), the lines of the log, and what systemd is told. It
// puts the agent together, starts it, and ends it; it must never do anything to the library itself.
