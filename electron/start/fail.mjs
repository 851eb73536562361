/** An end that the user can understand: one sentence, no stack. */
export class StartError extends Error {}

/** Progress goes to stderr: stdout belongs to the ready line. */
export const say = (line) => process.stderr.write(`${line}\n`)
