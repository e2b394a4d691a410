/** Tells its parent what it sees of the environment. */
process.send?.({ ...process.env });
process.on('message', () => undefined);
